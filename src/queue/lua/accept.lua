-- ARGV: now, agent, ticket, generation and epoch as in a record. Returns 1 when the agent holds it,
-- else 0.
local desk = ROOT .. 'a:' .. ARGV[2]
local found = call('MGET', ROOT .. 'gen', desk)
if not found[1] then return stale() end
local state = found[2]
local at = state and find(state, ARGV[3])
if not at or sub(state, at + 62, at + 89) ~= ARGV[4] then return 0 end
if sub(state, at + 104, at + 104) == 'h' then return 1 end
if tonumber(sub(state, at + 90, at + 103)) <= now then return 0 end
call('SETRANGE', desk, at + 103, 'h')
return 1
