-- Any number of requests on locks, one after another; what they share is read once.
-- KEYS: node, max, then for each request its lock, followed by the lock's waiters where the kind says so
-- ARGV: marker, floor, then for each request its kind and the kind's arguments
-- Answers one element for each request: 1 for done as asked, or what else there is to say.
-- No functions: making them would cost a call of one request more than its work.
local found=redis.call('MGET',unpack(KEYS))
if found[1]~=ARGV[1] then return {'MARKER',found[1] or ''} end
local max,floor=found[2] or '0',ARGV[2]
local known=max
local latest={}   -- entries that an earlier request of this very call has written
local answers,n={},0
local k,a=3,3     -- the next key, the next argument
while ARGV[a] do
  local kind,lock,me=ARGV[a],KEYS[k],ARGV[a+1]
  local entry=latest[lock] or found[k]
  local number,owner,att,seq,ttl,dirty=max,'-','-','0','0','0'
  if entry then
    number,owner,att,seq,ttl,dirty=string.match(entry,'^(%d+) (%S+) (%S+) (%d+) (%d+) (%d)$')
    if tonumber(number)<tonumber(floor) then number,owner=floor,'-' end
  end
  local answer,keep=1,nil   -- keep is set where the entry is to be written
  k,a=k+1,a+1

  if kind=='A' or kind=='B' then
    -- ACQUIRE. A: attempt, operation, lease ms, keep ms, hint
    -- B, by a waiter or a witness, with waiters: ... and witnessed attempt, operation, ms, waiter
    local waiter=kind=='B' and ARGV[a+8] or ''
    local mine=kind=='B' and att~='-' and att==ARGV[a+5] and seq==ARGV[a+6] and tonumber(ARGV[a+7])>=tonumber(ttl)
    if #ARGV[a+4]>16 or tonumber(ARGV[a+4])>=4503599627370496 then
      answer={'REFUSED','a number from a clock beyond the year 2112'}
    elseif att==me then answer={'STALE'}
    elseif att~='-' and not mine and not (waiter~='' and att=='~'..waiter) then answer={'HELD',att,seq,ttl,number}
    else
      if mine and string.sub(att,1,1)~='~' then dirty='1' end
      if waiter~='' then redis.call('ZREM',KEYS[k],waiter) end
      if tonumber(ARGV[a+4])>tonumber(number) then number=ARGV[a+4]
      else number=string.format('%.0f',tonumber(number)+1) end
      owner,att,seq,ttl,keep=me,me,ARGV[a+1],ARGV[a+2],ARGV[a+3]
      if number~=ARGV[a+4] or dirty~='0' then answer={'GRANTED',number,dirty} end
    end
    if kind=='B' then k,a=k+1,a+9 else a=a+5 end

  elseif kind=='X' then
    -- RELEASE. attempt, operation, keep ms, clean 0 or 1, successor or '-', reserve ms
    if att~=me then answer={'GONE'}
    else
      if ARGV[a+3]=='1' then dirty='0' end
      if ARGV[a+4]~='-' then att,seq,ttl='~'..ARGV[a+4],ARGV[a+1],ARGV[a+5] else att,seq,ttl='-','0','0' end
      keep=ARGV[a+2]
    end
    a=a+6

  elseif kind=='R' then
    -- RENEW. attempt, operation, lease ms, keep ms, token, witnessed attempt, operation, ms
    if att==me and tonumber(ARGV[a+1])<=tonumber(seq) then answer={'STALE'}
    elseif att~=me and att~='-' and not (att==ARGV[a+5] and seq==ARGV[a+6] and tonumber(ARGV[a+7])>=tonumber(ttl)) then
      answer={'HELD',att,seq,ttl,number}
    else
      if att~=me and att~='-' and string.sub(att,1,1)~='~' then dirty='1' end
      -- A larger number belongs to an attempt that got no further: later tokens exceed ours anyway, so keep the lease.
      if tonumber(ARGV[a+4])>tonumber(number) then number,owner=ARGV[a+4],me end
      att,seq,ttl,keep=me,ARGV[a+1],ARGV[a+2],ARGV[a+3]
    end
    a=a+8

  elseif kind=='C' then
    -- COMMIT. attempt, operation, lease ms, keep ms, token
    local v,present=tonumber(ARGV[a+4]),tonumber(number)
    if att~=me then answer={'GONE'}
    elseif tonumber(ARGV[a+1])<=tonumber(seq) then answer={'STALE'}
    elseif not (v>present or (v==present and owner==me)) then answer={'OVERTAKEN',number}
    else number,owner,seq,ttl,keep=ARGV[a+4],me,ARGV[a+1],ARGV[a+2],ARGV[a+3] end
    a=a+5

  elseif kind=='O' then
    -- OBSERVE
    answer={'OBSERVED',att,seq,ttl,number,0}

  elseif kind=='P' then
    -- OBSERVE by a waiter, with waiters. waiter, ms after which one that has not looked has gone
    local waiters,t,rank=KEYS[k],redis.call('TIME'),0
    local now=t[1]*1000+math.floor(t[2]/1000)
    redis.call('ZADD',waiters,now,me)
    redis.call('ZREMRANGEBYSCORE',waiters,'-inf','('..string.format('%.0f',now-ARGV[a+1]))
    redis.call('PEXPIRE',waiters,600000)
    for _,other in ipairs(redis.call('ZRANGE',waiters,0,-1)) do if other<me then rank=rank+1 end end
    answer={'OBSERVED',att,seq,ttl,number,rank}
    k,a=k+1,a+2

  else
    -- W, WITHDRAW, with waiters. waiter
    redis.call('ZREM',KEYS[k],me)
    k,a=k+1,a+1
  end

  if keep then
    if tonumber(number)>tonumber(max) then max=number end
    local text=number..' '..owner..' '..att..' '..seq..' '..ttl..' '..dirty
    latest[lock]=text
    if keep=='0' then redis.call('SET',lock,text) else redis.call('SET',lock,text,'PX',keep) end
    redis.call('PUBLISH',lock,att..' '..seq..' '..ttl..' '..number)
  end
  n=n+1
  answers[n]=answer
end
if max~=known then redis.call('SET',KEYS[2],max) end
return answers
