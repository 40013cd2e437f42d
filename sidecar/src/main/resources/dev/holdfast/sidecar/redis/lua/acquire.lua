-- KEYS[5]: waiters    ARGV[3..7]: attempt, operation, lease ms, keep ms, hint
-- ARGV[8..11], if anything was witnessed or the sender waits: witnessed attempt, operation, ms, waiter
local me=ARGV[3]
if #ARGV[7]>16 or tonumber(ARGV[7])>=4503599627370496 then return {'REFUSED','a number from a clock beyond the year 2112'} end
if att==me then return {'STALE'} end
if att~='-' then
  local seen=att==ARGV[8] and seq==ARGV[9] and tonumber(ARGV[10])>=tonumber(ttl)
  if not (seen or (ARGV[11] and ARGV[11]~='' and att=='~'..ARGV[11])) then return {'HELD',att,seq,ttl,number} end
  if seen and string.sub(att,1,1)~='~' then dirty='1' end
end
if ARGV[11] and ARGV[11]~='' then redis.call('ZREM',KEYS[5],ARGV[11]) end
local v=ARGV[7]
if tonumber(v)<=tonumber(number) then v=string.format('%.0f',tonumber(number)+1) end
tie(v,me)
att,seq,ttl=me,ARGV[4],ARGV[5]
store(ARGV[6])
if v==ARGV[7] and dirty=='0' then return 1 end
return {'GRANTED',v,dirty}
