-- ARGV: ticket.
if not GENERATION then return STALE end
local ticket = ARGV[1]
give_back(ticket)
local lane = redis.call('HGET', ticket_key(ticket), 'lane')
if lane then leave_lane(ticket, lane) end
redis.call('DEL', ticket_key(ticket))
return 1
