-- ARGV: generation, then ticket, digest, cost, score for each; the lanes are open.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return { err = STALE } end
for i = 2, #ARGV, 4 do
  local found = call('MGET', ROOT .. 't:' .. ARGV[i], ROOT .. 'n:' .. ARGV[i + 1])
  local place = found[2] .. ARGV[i + 2] .. ARGV[i + 3]
  if not found[1] then
    call('SET', ROOT .. 't:' .. ARGV[i], place)
    enter_lane(ARGV[i], place)
  end
end
return 1
