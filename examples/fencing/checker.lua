-- Writes a value unless a newer holder has written: EVALSHA sha 1 key token value
-- 1 if it was written, 0 if it was refused. Value and token are fields of one key, so that they live and expire together.
local token = tonumber(string.match(ARGV[1], '^%d+$') or error('the token is no number'))
local last = tonumber(redis.call('HGET', KEYS[1], 'token') or 0)
if token < last then
    return 0
end
-- ARGV[1], not token: as a number it would be written as 1.7954643947762e+15.
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'value', ARGV[2])
return 1
