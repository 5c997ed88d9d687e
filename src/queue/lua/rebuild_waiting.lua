-- ARGV: generation, then ticket, lane, score, cost for each; the lanes are open.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return stale() end
for i = 2, #ARGV, 4 do push(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
return 1
