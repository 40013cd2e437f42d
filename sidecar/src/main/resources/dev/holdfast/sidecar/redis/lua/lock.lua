-- Any number of requests on locks, one after another; what they share is read once.
-- KEYS: node, max, then for each request its lock, followed by the lock's waiters where the kind says so
-- ARGV: marker, floor, then for each request its kind and the kind's arguments
-- Answers one element for each request: 1 for done as asked, or what else there is to say.
local found=redis.call('MGET',unpack(KEYS))
if found[1]~=ARGV[1] then return {'MARKER',found[1] or ''} end
local max,floor=found[2] or '0',ARGV[2]
local known=max
local latest={}   -- entries that an earlier request of this very call has written
local k,a=3,3     -- the next key, the next argument
local lock,number,owner,att,seq,ttl,dirty

local function load()
  lock=KEYS[k]
  local entry=latest[lock] or found[k]
  k=k+1
  if entry then
    number,owner,att,seq,ttl,dirty=string.match(entry,'^(%d+) (%S+) (%S+) (%d+) (%d+) (%d)$')
    if tonumber(number)<tonumber(floor) then number,owner=floor,'-' end
  else
    number,owner,att,seq,ttl,dirty=max,'-','-','0','0','0'
  end
end
local function store(keep)
  local entry=number..' '..owner..' '..att..' '..seq..' '..ttl..' '..dirty
  latest[lock]=entry
  if keep=='0' then redis.call('SET',lock,entry) else redis.call('SET',lock,entry,'PX',keep) end
  redis.call('PUBLISH',lock,att..' '..seq..' '..ttl..' '..number)
end
local function tie(v,me)
  number,owner=v,me
  if tonumber(v)>tonumber(max) then max=v end
end
-- Whether the sender has watched this very record for as long as it may last.
local function seen(at)
  return att==ARGV[at] and seq==ARGV[at+1] and tonumber(ARGV[at+2])>=tonumber(ttl)
end
local function taken()
  if string.sub(att,1,1)~='~' then dirty='1' end
end

-- attempt, operation, lease ms, keep ms, hint
local function grant()
  local me,v=ARGV[a],ARGV[a+4]
  if tonumber(v)<=tonumber(number) then v=string.format('%.0f',tonumber(number)+1) end
  tie(v,me)
  att,seq,ttl=me,ARGV[a+1],ARGV[a+2]
  store(ARGV[a+3])
  if v==ARGV[a+4] and dirty=='0' then return 1 end
  return {'GRANTED',v,dirty}
end
local function absurd()
  return #ARGV[a+4]>16 or tonumber(ARGV[a+4])>=4503599627370496
end
local function renewed()
  -- A larger number belongs to an attempt that got no further: later tokens exceed ours anyway, so keep the lease.
  if tonumber(ARGV[a+4])>tonumber(number) then tie(ARGV[a+4],ARGV[a]) end
  att,seq,ttl=ARGV[a],ARGV[a+1],ARGV[a+2]
  store(ARGV[a+3])
  return 1
end

local kinds={
  -- ACQUIRE of a lock of which nothing is known. attempt, operation, lease ms, keep ms, hint
  A={5,function()
    load()
    if absurd() then return {'REFUSED','a number from a clock beyond the year 2112'} end
    if att==ARGV[a] then return {'STALE'} end
    if att~='-' then return {'HELD',att,seq,ttl,number} end
    return grant()
  end},
  -- ACQUIRE by a waiter or a witness; waiters. ... as A, witnessed attempt, operation, ms, waiter
  B={9,function()
    load()
    local waiters,waiter=KEYS[k],ARGV[a+8]
    k=k+1
    if absurd() then return {'REFUSED','a number from a clock beyond the year 2112'} end
    if att==ARGV[a] then return {'STALE'} end
    if att~='-' then
      local mine=seen(a+5)
      if not (mine or (waiter~='' and att=='~'..waiter)) then return {'HELD',att,seq,ttl,number} end
      if mine then taken() end
    end
    if waiter~='' then redis.call('ZREM',waiters,waiter) end
    return grant()
  end},
  -- RENEW. attempt, operation, lease ms, keep ms, token, witnessed attempt, operation, ms
  R={8,function()
    load()
    if att==ARGV[a] then
      if tonumber(ARGV[a+1])<=tonumber(seq) then return {'STALE'} end
    elseif att~='-' then
      if not seen(a+5) then return {'HELD',att,seq,ttl,number} end
      taken()
    end
    return renewed()
  end},
  -- COMMIT. attempt, operation, lease ms, keep ms, token
  C={5,function()
    load()
    if att~=ARGV[a] then return {'GONE'} end
    if tonumber(ARGV[a+1])<=tonumber(seq) then return {'STALE'} end
    local v,n=tonumber(ARGV[a+4]),tonumber(number)
    if not (v>n or (v==n and owner==att)) then return {'OVERTAKEN',number} end
    tie(ARGV[a+4],att)
    seq,ttl=ARGV[a+1],ARGV[a+2]
    store(ARGV[a+3])
    return 1
  end},
  -- RELEASE. attempt, operation, keep ms, clean 0 or 1, successor or '-', reserve ms
  X={6,function()
    load()
    if att~=ARGV[a] then return {'GONE'} end
    if ARGV[a+3]=='1' then dirty='0' end
    if ARGV[a+4]~='-' then att,seq,ttl='~'..ARGV[a+4],ARGV[a+1],ARGV[a+5] else att,seq,ttl='-','0','0' end
    store(ARGV[a+2])
    return 1
  end},
  -- OBSERVE
  O={0,function()
    load()
    return {'OBSERVED',att,seq,ttl,number,0}
  end},
  -- OBSERVE by a waiter; waiters. waiter, ms after which one that has not looked has gone
  P={2,function()
    load()
    local waiters,t,rank=KEYS[k],redis.call('TIME'),0
    k=k+1
    local now=t[1]*1000+math.floor(t[2]/1000)
    redis.call('ZADD',waiters,now,ARGV[a])
    redis.call('ZREMRANGEBYSCORE',waiters,'-inf','('..string.format('%.0f',now-ARGV[a+1]))
    redis.call('PEXPIRE',waiters,600000)
    for _,other in ipairs(redis.call('ZRANGE',waiters,0,-1)) do if other<ARGV[a] then rank=rank+1 end end
    return {'OBSERVED',att,seq,ttl,number,rank}
  end},
  -- WITHDRAW; waiters. waiter
  W={1,function()
    redis.call('ZREM',KEYS[k+1],ARGV[a])
    k=k+2
    return 1
  end},
}

local answers={}
while ARGV[a] do
  local kind=kinds[ARGV[a]]
  a=a+1
  answers[#answers+1]=kind[2]()
  a=a+kind[1]
end
if max~=known then redis.call('SET',KEYS[2],max) end
return answers
