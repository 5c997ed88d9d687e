-- ARGV: agent, presence, until, now.
local agent, presence = ARGV[1], ARGV[2]
local before, since = presence_of(agent, ARGV[4])
if before ~= presence then since = ARGV[4] end
redis.call('HSET', agent_key(agent), 'presence', presence, 'since', since, 'until', ARGV[3])
redis.call('SADD', AGENTS, agent)
if presence == 'offline' then
  redis.call('ZREM', LEASES, agent)
else
  redis.call('ZADD', LEASES, ARGV[3], agent)
end
return 1
