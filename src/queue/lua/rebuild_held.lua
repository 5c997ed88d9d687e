-- ARGV: generation, then ticket, agent, cost, generation, epoch for each.
if redis.call('GET', BUILDING) ~= ARGV[1] then return STALE end
for i = 2, #ARGV, 5 do
  local ticket, agent = ARGV[i], ARGV[i + 1]
  give_back(ticket)
  redis.call('HSET', ticket_key(ticket), 'state', 'h', 'agent', agent, 'cost', ARGV[i + 2],
    'gen', ARGV[i + 3], 'epoch', ARGV[i + 4])
  redis.call('HSET', held_key(agent), ticket, ARGV[i + 2])
  redis.call('SADD', AGENTS, agent)
  if tonumber(redis.call('GET', EPOCH) or '0') < tonumber(ARGV[i + 4]) then
    redis.call('SET', EPOCH, ARGV[i + 4])
  end
end
return 1
