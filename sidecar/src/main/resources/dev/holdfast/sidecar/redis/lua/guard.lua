-- KEYS: node, max, lock, channel    ARGV: marker, floor
local held=redis.call('MGET',KEYS[1],KEYS[2],KEYS[3])
if held[1]~=ARGV[1] then return {'MARKER',held[1] or ''} end
local max=held[2] or '0'
local number,owner,att,seq,ttl,dirty=max,'-','-','0','0','0'
if held[3] then
  number,owner,att,seq,ttl,dirty=string.match(held[3],'^(%d+) (%S+) (%S+) (%d+) (%d+) (%d)$')
  if tonumber(number)<tonumber(ARGV[2]) then number,owner=ARGV[2],'-' end
end
local function store(keep)
  local entry=number..' '..owner..' '..att..' '..seq..' '..ttl..' '..dirty
  if keep=='0' then redis.call('SET',KEYS[3],entry) else redis.call('SET',KEYS[3],entry,'PX',keep) end
  redis.call('PUBLISH',KEYS[4],att..' '..seq..' '..ttl..' '..number)
end
local function tie(v,me)
  number,owner=v,me
  if tonumber(v)>tonumber(max) then redis.call('SET',KEYS[2],v) end
end
