-- ARGV: now, agent, ticket, generation and epoch as in a record, for how long the agent is skipped.
local agent, ticket = ARGV[2], ARGV[3]
local desk, key, skips = ROOT .. 'a:' .. agent, ROOT .. 't:' .. ticket, ROOT .. 'x:' .. agent
local found = call('MGET', ROOT .. 'gen', desk, key, skips)
if not found[1] then return stale() end
local state = found[2]
local at = state and find(state, ticket)
if not at or sub(state, at + 62, at + 89) ~= ARGV[4] then return 0 end
call('SET', desk, without(state, at))
local kept = {}
for from = 1, #(found[4] or ''), 30 do
  local skip = sub(found[4], from, from + 29)
  if sub(skip, 1, 16) ~= ticket and tonumber(sub(skip, 17)) > now then kept[#kept + 1] = skip end
end
if tonumber(ARGV[5]) > 0 then kept[#kept + 1] = ticket .. instant(now + ARGV[5]) end
if kept[1] then
  call('SET', skips, table.concat(kept))
elseif found[4] then
  call('DEL', skips)
end
come_back(ticket, found[3])
return 1
