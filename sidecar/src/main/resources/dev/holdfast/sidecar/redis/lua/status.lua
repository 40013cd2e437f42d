-- KEYS: node, max, watch    ARGV: id, a fresh nonce
local run=string.match(redis.call('INFO','server'),'run_id:(%x+)')
local marker=redis.call('GET',KEYS[1])
local id,boot,life,durable
if marker then id,boot,life,durable=string.match(marker,'^(%S+) (%x+) (%S+) %d+ %d+ (%d)$') end
if id and id~=ARGV[1] then return {'REFUSED','it has the data of '..id..', not of '..ARGV[1]} end
local max=redis.call('GET',KEYS[2]) or '0'
if boot==run then
  -- Changes nothing, as the marker is there, and is refused like every write of a node that is full or whose disk fails.
  local write=redis.pcall('SET',KEYS[1],marker,'NX')
  if type(write)=='table' and write.err then return {'REFUSED','it refuses to write: '..write.err} end
  return {'ADMITTED',run,life,max,marker}
end
-- With the time, so that one request that is carried out twice cannot name two losses alike.
local now=redis.call('TIME')
redis.call('SET',KEYS[3],ARGV[2]..'.'..now[1]..'.'..now[2],'NX')
return {'FORGOTTEN',run,redis.call('GET',KEYS[3]),life or '',max,durable or '0'}
