-- KEYS: node, max, watch    ARGV: id, remembered life or '', remembered max
local run=string.match(redis.call('INFO','server'),'run_id:(%x+)')
local id,boot,life,rest,durable=string.match(redis.call('GET',KEYS[1]) or '','^(%S+) (%x+) (%S+) (%d+ %d+) (%d)$')
if id~=ARGV[1] or durable~='1' or boot==run then return {'REFUSED','it need not be admitted again'} end
local max=redis.call('GET',KEYS[2]) or '0'
if (ARGV[2]~='' and ARGV[2]~=life) or tonumber(ARGV[3])>tonumber(max) then return {'REFUSED','it was rolled back'} end
redis.call('SET',KEYS[1],id..' '..run..' '..life..' '..rest..' 1')
redis.call('DEL',KEYS[3])
return 1
