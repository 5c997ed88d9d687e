-- ARGV: now, agent. Returns what the snapshot says of one agent; nothing without a profile.
local agent = ARGV[2]
local found = call('MGET', ROOT .. 'clock', ROOT .. 'a:' .. agent)
if not found[1] then return { err = STALE } end
if call('HEXISTS', ROOT .. 'profiles', agent) == 0 then return {} end
return described(agent, found[2], now)
