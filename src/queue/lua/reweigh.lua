-- ARGV: ticket, cost. Returns whether the ticket is known.
if not GENERATION then return STALE end
local key = ticket_key(ARGV[1])
local found = redis.call('HMGET', key, 'state', 'agent')
if not found[1] then return 0 end
redis.call('HSET', key, 'cost', ARGV[2])
if found[1] ~= 'w' then redis.call('HSET', held_key(found[2]), ARGV[1], ARGV[2]) end
return 1
