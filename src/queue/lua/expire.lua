-- ARGV: limit, now. Returns ticket, agent, ticket, agent ... and the agents whose presence ran out.
if not GENERATION then return STALE end
local returned, absent = {}, {}
local due = redis.call('ZRANGEBYSCORE', RESERVED, '-inf', ARGV[2], 'LIMIT', 0, ARGV[1])
for _, ticket in ipairs(due) do
  local agent = give_back(ticket)
  if agent then
    returned[#returned + 1] = ticket
    returned[#returned + 1] = agent
  end
end
for _, agent in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', ARGV[2], 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', LEASES, agent)
  redis.call('HSET', agent_key(agent), 'presence', 'offline',
    'since', redis.call('HGET', agent_key(agent), 'until'))
  absent[#absent + 1] = agent
end
return { returned, absent }
