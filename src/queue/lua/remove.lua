-- ARGV: ticket.
if not GENERATION then return stale() end
local ticket, key = ARGV[1], ROOT .. 't:' .. ARGV[1]
local found = call('HMGET', key, 'o', 'lane')
if found[1] then
  call('ZREM', ROOT .. 'rv', ticket)
  call('HDEL', ROOT .. 'at:' .. agent_of(found[1]), ticket)
elseif found[2] then
  leave_lane(ticket, found[2])
end
if found[1] or found[2] then call('DEL', key) end
return 1
