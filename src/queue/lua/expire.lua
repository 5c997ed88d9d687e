-- ARGV: limit, now. Returns ticket, agent, ticket, agent ... and the agents whose presence ran out.
if not GENERATION then return stale() end
local returned, absent = {}, {}
local due = call('ZRANGEBYSCORE', ROOT .. 'rv', '-inf', ARGV[2], 'LIMIT', 0, ARGV[1])
for _, ticket in ipairs(due) do
  local agent = give_back(ticket)
  if agent then
    returned[#returned + 1] = ticket
    returned[#returned + 1] = agent
  end
end
for _, agent in ipairs(call('ZRANGEBYSCORE', ROOT .. 'pr', '-inf', ARGV[2], 'LIMIT', 0, ARGV[1])) do
  call('ZREM', ROOT .. 'pr', agent)
  call('HSET', ROOT .. 'a:' .. agent, 'presence', 'offline',
    'since', call('HGET', ROOT .. 'a:' .. agent, 'until'))
  absent[#absent + 1] = agent
end
return { returned, absent }
