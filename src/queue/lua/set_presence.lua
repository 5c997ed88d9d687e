-- ARGV: now, agent, presence (o, a, -), lease.
local agent, presence, ends = ARGV[2], ARGV[3], instant(now + ARGV[4])
local desk = ROOT .. 'a:' .. agent
local state = call('GET', desk) or STRANGER
local before, since = presence_of(state, now)
if before ~= presence or since == NONE then since = instant(now) end
call('SET', desk, ends .. sub(state, 15, 38) .. presence .. since .. sub(state, 54))
call('SADD', ROOT .. 'ag', agent)
if presence == '-' then
  call('ZREM', ROOT .. 'pr', agent)
else
  call('ZADD', ROOT .. 'pr', ends, agent)
end
return 1
