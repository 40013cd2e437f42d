-- KEYS: node, max, watch    ARGV: id, run_id, nonce, floor, longest lease ms, durable 0 or 1
local run=string.match(redis.call('INFO','server'),'run_id:(%x+)')
local id,boot=string.match(redis.call('GET',KEYS[1]) or '','^(%S+) (%x+) ')
if id and id~=ARGV[1] then return {'REFUSED','it has the data of '..id..', not of '..ARGV[1]} end
if run~=ARGV[2] or boot==run or redis.call('GET',KEYS[3])~=ARGV[3] then return {'REFUSED','it changed meanwhile'} end
local floor=ARGV[4]
local max=redis.call('GET',KEYS[2]) or '0'
if tonumber(max)>tonumber(floor) then floor=max end
redis.call('SET',KEYS[1],ARGV[1]..' '..run..' '..ARGV[3]..' '..floor..' '..ARGV[5]..' '..ARGV[6])
redis.call('SET',KEYS[2],floor)
redis.call('DEL',KEYS[3])
return 1
