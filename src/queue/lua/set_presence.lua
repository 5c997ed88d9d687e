-- ARGV: agent, presence, until, now.
local agent, presence = ARGV[1], ARGV[2]
local before, since = presence_of(agent, ARGV[4])
if before ~= presence then since = ARGV[4] end
call('HSET', ROOT .. 'a:' .. agent, 'presence', presence, 'since', since, 'until', ARGV[3])
call('SADD', ROOT .. 'ag', agent)
if presence == 'offline' then
  call('ZREM', ROOT .. 'pr', agent)
else
  call('ZADD', ROOT .. 'pr', ARGV[3], agent)
end
return 1
