-- ARGV[3..7]: attempt, operation, lease ms, keep ms, token    ARGV[8..10], if anything was witnessed: attempt, operation, ms
local me=ARGV[3]
if att==me then
  if tonumber(ARGV[4])<=tonumber(seq) then return {'STALE'} end
elseif att~='-' then
  if not (att==ARGV[8] and seq==ARGV[9] and tonumber(ARGV[10])>=tonumber(ttl)) then return {'HELD',att,seq,ttl,number} end
  if string.sub(att,1,1)~='~' then dirty='1' end
end
-- A larger number belongs to an attempt that got no further: later tokens exceed ours anyway, so keep the lease.
if tonumber(ARGV[7])>tonumber(number) then tie(ARGV[7],me) end
att,seq,ttl=me,ARGV[4],ARGV[5]
store(ARGV[6])
return 1
