-- ARGV: ticket.
local ticket, key = ARGV[1], ROOT .. 't:' .. ARGV[1]
local found = call('MGET', ROOT .. 'gen', key)
if not found[1] then return stale() end
local place = found[2]
if not place then return 1 end
if #place > 34 then
  local desk = ROOT .. 'a:' .. sub(place, 35)
  local state = call('GET', desk)
  call('SET', desk, without(state, find(state, ticket)))
else
  leave_lane(ticket, place)
end
call('DEL', key)
return 1
