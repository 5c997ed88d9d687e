-- ARGV: generation, then ticket, digest, cost, score for each; the lanes are open.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return stale() end
for i = 2, #ARGV, 4 do
  local found = call('MGET', ROOT .. 't:' .. ARGV[i], ROOT .. 'n:' .. ARGV[i + 1])
  push(ARGV[i], found[1], found[2], ARGV[i + 2], ARGV[i + 3])
end
return 1
