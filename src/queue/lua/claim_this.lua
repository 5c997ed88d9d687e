-- ARGV: agent, ticket, 'kept' or 'ignored' limits, now, expires. Returns the answer as text.
if not GENERATION then return STALE end
local agent, ticket, capacity = ARGV[1], ARGV[2], nil
if ARGV[3] == 'kept' then
  capacity = capacity_of(agent, ARGV[4])
  if not capacity then return 'absent' end
  local lane = redis.call('HGET', ticket_key(ticket), 'lane')
  if not lane or redis.call('SISMEMBER', eligible_key(agent), lane) == 0 then return 'empty' end
end
return reserve(agent, ticket, capacity, ARGV[5])
