-- ARGV: now, agent, ticket, generation and epoch as in a record, for how long the agent is skipped.
local agent, ticket = ARGV[2], ARGV[3]
local desk, key, skips = ROOT .. 'a:' .. agent, ROOT .. 't:' .. ticket, ROOT .. 'x:' .. agent
local found = call('MGET', ROOT .. 'clock', desk, key, skips)
if not found[1] then return { err = STALE } end
local state = found[2]
local at = state and find(state, ticket)
if not at or sub(state, at + 32, at + 59) ~= ARGV[4] then return 0 end
local kept, last = {}, NONE
for from = 1, #(found[4] or ''), 30 do
  local skip = sub(found[4], from, from + 29)
  local ends = sub(skip, 17)
  if sub(skip, 1, 16) ~= ticket and tonumber(ends) > now then
    kept[#kept + 1] = skip
    if ends > last then last = ends end
  end
end
if tonumber(ARGV[5]) > 0 then
  local ends = instant(now + ARGV[5])
  kept[#kept + 1] = ticket .. ends
  if ends > last then last = ends end
end
local weight, rest = sub(state, at + 60, at + 89), without(state, at)
call('SET', desk, sub(rest, 1, 53) .. last .. sub(rest, 68))
if kept[1] then
  call('SET', skips, table.concat(kept))
elseif found[4] then
  call('DEL', skips)
end
come_back(ticket, sub(found[3], 1, 4), weight)
return 1
