-- ARGV: now, agent, ticket, fence as in a record. Returns 1 when the agent holds it, else 0.
local desk, ticket = ROOT .. 'a:' .. ARGV[2], ARGV[3]
local found = call('MGET', ROOT .. 'clock', desk)
if not found[1] then return { err = STALE } end
local state = found[2] or ''
for at = 68, #state, 115 do
  if sub(state, at + 16, at + 31) == ticket then
    if sub(state, at + 32, at + 59) ~= ARGV[4] then return 0 end
    if sub(state, at + 104, at + 104) == 'h' then return 1 end
    if tonumber(sub(state, at + 90, at + 103)) <= now then return 0 end
    call('SETRANGE', desk, string.format('%d', at + 103), 'h')
    return 1
  end
end
return 0
