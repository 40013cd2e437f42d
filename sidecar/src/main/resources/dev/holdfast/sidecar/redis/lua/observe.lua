-- KEYS[5]: waiters    ARGV[3..4], if the sender waits: waiter, ms after which one that has not looked has gone
local rank=0
if ARGV[3] then
  local t=redis.call('TIME')
  local now=t[1]*1000+math.floor(t[2]/1000)
  redis.call('ZADD',KEYS[5],now,ARGV[3])
  redis.call('ZREMRANGEBYSCORE',KEYS[5],'-inf','('..string.format('%.0f',now-ARGV[4]))
  redis.call('PEXPIRE',KEYS[5],600000)
  for _,other in ipairs(redis.call('ZRANGE',KEYS[5],0,-1)) do if other<ARGV[3] then rank=rank+1 end end
end
return {'OBSERVED',att,seq,ttl,number,rank}
