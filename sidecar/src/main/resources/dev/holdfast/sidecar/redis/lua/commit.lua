-- ARGV[3..7]: attempt, operation, lease ms, keep ms, token
local me=ARGV[3]
if att~=me then return {'GONE'} end
if tonumber(ARGV[4])<=tonumber(seq) then return {'STALE'} end
local v,n=tonumber(ARGV[7]),tonumber(number)
if not (v>n or (v==n and owner==me)) then return {'OVERTAKEN',number} end
tie(ARGV[7],me)
seq,ttl=ARGV[4],ARGV[5]
store(ARGV[6])
return 1
