-- ARGV: agent, profile, capacity, now, version of the lanes that eligibility was computed with,
-- lanes ... Returns 0 when lanes were opened meanwhile: compute again.
local agent = ARGV[1]
if (redis.call('GET', LANES_VERSION) or '0') ~= ARGV[5] then return 0 end
if redis.call('HGET', PROFILES, agent) ~= ARGV[2] then redis.call('INCR', PROFILES_VERSION) end
redis.call('HSET', PROFILES, agent, ARGV[2])
redis.call('SADD', AGENTS, agent)
if redis.call('HSETNX', agent_key(agent), 'presence', 'offline') == 1 then
  redis.call('HSET', agent_key(agent), 'since', ARGV[4], 'until', ARGV[4])
end
redis.call('HSET', agent_key(agent), 'capacity', ARGV[3])
redis.call('DEL', eligible_key(agent))
for i = 6, #ARGV do redis.call('SADD', eligible_key(agent), ARGV[i]) end
return 1
