-- ARGV: now, agent, lease. Returns 1, or 0 when the agent is offline: a lease that ran out stays so.
local agent = ARGV[2]
local desk = ROOT .. 'a:' .. agent
local state = call('GET', desk)
if not state or presence_of(state, now) == '-' then return 0 end
local ends = instant(now + ARGV[3])
call('SETRANGE', desk, 0, ends)
call('ZADD', ROOT .. 'pr', ends, agent)
return 1
