-- Any number of requests on locks, one after another; what they share is read once.
-- KEYS: node, max, then for each request its lock, followed by the lock's waiters where the kind says so
-- ARGV: marker, floor, then for each request its kind and the kind's arguments
-- Answers one element for each request: 1 for done as asked, or what else there is to say.
-- Numbers have 16 digits everywhere, so that text compares as they do. To take a clean free lock, to give a lease back
-- cleanly: nothing is taken apart, for that is what costs. No functions: making them would cost as much again.
local call,sub,match=redis.call,string.sub,string.match
local found=call('MGET',unpack(KEYS))
if found[1]~=ARGV[1] then return {'MARKER',found[1] or ''} end
local max,floor=found[2] or '0000000000000000',ARGV[2]
local known=max
local latest={}   -- entries that an earlier request of this very call has written
local answers,n={},0
local k,a=3,3     -- the next key, the next argument
while ARGV[a] do
  local kind,lock,me=ARGV[a],KEYS[k],ARGV[a+1]
  local entry=latest[lock] or found[k] or max..' - 0 0 0 -'
  local number=sub(entry,1,16)
  if number<floor then number=floor end
  local answer,text,keep=1,nil,nil   -- text is set where the entry is to be written
  k,a=k+1,a+2

  if kind=='A' and sub(entry,17,26)==' - 0 0 0 -' and sub(me,1,16)>number and me<'4503599627370496' then
    -- ACQUIRE, as below, of a clean free lock: the entry is as the caller wrote it.
    text,keep,a=me,ARGV[a],a+1
    number=sub(me,1,16)
  elseif kind=='X' and sub(entry,18,17+#me)==me then
    -- RELEASE, clean, nothing reserved, as below
    text,keep,a=number..' - 0 0 0 -',ARGV[a],a+1
  else
    local att,seq,ttl,dirty,owner=match(entry,'^%d+ (%S+) (%d+) (%d+) (%d) (%S+)$')
    if number~=sub(entry,1,16) then owner='-' end
    local write=false

    if kind=='A' or kind=='B' then
      -- ACQUIRE. A: entry to write (its number is a hint), keep ms
      -- B, by a waiter or a witness, with waiters: ... and witnessed attempt, operation, ms, waiter
      local hint,operation,lease
      hint,me,operation,lease=match(me,'^(%d+) (%S+) (%d+) (%d+)')
      keep,a=ARGV[a],a+1
      local waiter=kind=='B' and ARGV[a+3] or ''
      local mine=kind=='B' and att~='-' and att==ARGV[a] and seq==ARGV[a+1] and tonumber(ARGV[a+2])>=tonumber(ttl)
      if hint>='4503599627370496' then
        answer={'REFUSED','a number from a clock beyond the year 2112'}
      elseif att==me then answer={'STALE'}
      elseif att~='-' and not mine and not (waiter~='' and att=='~'..waiter) then answer={'HELD',att,seq,ttl,number}
      else
        if mine and sub(att,1,1)~='~' then dirty='1' end
        if waiter~='' then call('ZREM',KEYS[k],waiter) end
        if hint>number then number=hint else number=string.format('%016.0f',tonumber(number)+1) end
        owner,att,seq,ttl,write=me,me,operation,lease,true
        if number~=hint or dirty~='0' then answer={'GRANTED',number,dirty} end
      end
      if kind=='B' then k,a=k+1,a+4 end

    elseif kind=='X' then
      -- RELEASE. attempt and a space, keep ms
      answer,a={'GONE'},a+1

    elseif kind=='Y' or kind=='Z' then
      -- RELEASE of a lease that was lost, or in favour of a successor.
      -- Y: attempt, keep ms, clean 0 or 1. Z, with waiters: ... and operation, the successor's name, reserve ms
      if att~=me then answer={'GONE'}
      else
        if ARGV[a+1]=='1' then dirty='0' end
        att,seq,ttl,owner,keep,write='-','0','0','-',ARGV[a],true
        if kind=='Z' then
          -- A name may have left a place in line behind: its newest counts. Whoever does not wait is no successor.
          local name,heir='@'..ARGV[a+3],''
          for _,waiter in ipairs(call('ZRANGE',KEYS[k],0,-1)) do
            if sub(waiter,-#name)==name and waiter>heir then heir=waiter end
          end
          if heir~='' then att,seq,ttl='~'..heir,ARGV[a+2],ARGV[a+4] end
        end
      end
      if kind=='Z' then k,a=k+1,a+5 else a=a+2 end

    elseif kind=='R' then
      -- RENEW. attempt, operation, lease ms, keep ms, token, witnessed attempt, operation, ms
      if att==me and tonumber(ARGV[a])<=tonumber(seq) then answer={'STALE'}
      elseif att~=me and att~='-' and not (att==ARGV[a+4] and seq==ARGV[a+5] and tonumber(ARGV[a+6])>=tonumber(ttl)) then
        answer={'HELD',att,seq,ttl,number}
      else
        if att~=me and att~='-' and sub(att,1,1)~='~' then dirty='1' end
        -- A larger number belongs to an attempt that got no further: later tokens exceed ours anyway, so keep the lease.
        if ARGV[a+3]>number then number,owner=ARGV[a+3],me end
        att,seq,ttl,keep,write=me,ARGV[a],ARGV[a+1],ARGV[a+2],true
      end
      a=a+7

    elseif kind=='C' then
      -- COMMIT. attempt, operation, lease ms, keep ms, token
      local v=ARGV[a+3]
      if att~=me then answer={'GONE'}
      elseif tonumber(ARGV[a])<=tonumber(seq) then answer={'STALE'}
      elseif not (v>number or (v==number and owner==me)) then answer={'OVERTAKEN',number}
      else number,owner,seq,ttl,keep,write=v,me,ARGV[a],ARGV[a+1],ARGV[a+2],true end
      a=a+4

    elseif kind=='O' then
      -- OBSERVE. '-'
      answer={'OBSERVED',att,seq,ttl,number,0}

    elseif kind=='P' then
      -- OBSERVE by a waiter, with waiters. waiter, ms after which one that has not looked has gone
      local waiters,t,rank=KEYS[k],call('TIME'),0
      local now=t[1]*1000+math.floor(t[2]/1000)
      call('ZADD',waiters,now,me)
      call('ZREMRANGEBYSCORE',waiters,'-inf','('..string.format('%.0f',now-ARGV[a]))
      call('PEXPIRE',waiters,600000)
      for _,other in ipairs(call('ZRANGE',waiters,0,-1)) do if other<me then rank=rank+1 end end
      answer={'OBSERVED',att,seq,ttl,number,rank}
      k,a=k+1,a+1

    else
      -- W, WITHDRAW, with waiters. waiter
      call('ZREM',KEYS[k],me)
      k=k+1
    end
    if write then text=number..' '..att..' '..seq..' '..ttl..' '..dirty..' '..owner end
  end

  if text then
    if number>max then max=number end
    latest[lock]=text
    if keep=='0' then call('SET',lock,text) else call('SET',lock,text,'PX',keep) end
    call('PUBLISH',lock,text)
  end
  n=n+1
  answers[n]=answer
end
if max~=known then call('SET',KEYS[2],max) end
return answers
