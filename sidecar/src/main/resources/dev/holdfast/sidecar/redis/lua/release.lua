-- ARGV[3..8]: attempt, operation, keep ms, clean 0 or 1, successor or '-', reserve ms
if att~=ARGV[3] then return {'GONE'} end
if ARGV[6]=='1' then dirty='0' end
if ARGV[7]~='-' then att,seq,ttl='~'..ARGV[7],ARGV[4],ARGV[8] else att,seq,ttl='-','0','0' end
store(ARGV[5])
return 1
