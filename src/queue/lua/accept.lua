-- ARGV: ticket, agent, generation, epoch, now. Returns 1 when the agent holds it, else 0.
if not GENERATION then return STALE end
local ticket = ARGV[1]
local state = state_if_mine(ticket, ARGV[2], ARGV[3], ARGV[4])
if state == 'h' then return 1 end
if state ~= 'r' then return 0 end
if tonumber(redis.call('HGET', ticket_key(ticket), 'expires')) <= tonumber(ARGV[5]) then return 0 end
redis.call('ZREM', RESERVED, ticket)
redis.call('HSET', ticket_key(ticket), 'state', 'h')
return 1
