-- ARGV: ticket, digest of what it asks for, cost, score. Returns 1, or 0 when the lane must be opened
-- first.
local found = call('MGET', ROOT .. 'gen', ROOT .. 't:' .. ARGV[1], ROOT .. 'n:' .. ARGV[2])
if not found[1] then return stale() end
if not found[3] then return 0 end
push(ARGV[1], found[2], found[3], ARGV[3], ARGV[4])
return 1
