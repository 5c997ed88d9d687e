-- ARGV: generation, then ticket, agent, cost, generation, epoch for each.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return stale() end
for i = 2, #ARGV, 5 do
  local ticket, agent = ARGV[i], ARGV[i + 1]
  give_back(ticket)
  call('HSET', ROOT .. 't:' .. ticket, 'o', agent .. '|' .. ARGV[i + 3] .. '|' .. ARGV[i + 4])
  call('HSET', ROOT .. 'at:' .. agent, ticket, ARGV[i + 2])
  call('SADD', ROOT .. 'ag', agent)
  if tonumber(call('GET', ROOT .. 'ep') or '0') < tonumber(ARGV[i + 4]) then
    call('SET', ROOT .. 'ep', ARGV[i + 4])
  end
end
return 1
