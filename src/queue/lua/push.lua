-- ARGV: ticket, digest of what it asks for, cost, score. Returns 1, or 0 when the lane must be opened
-- first. A new ticket takes its place; one that waits moves; one that somebody has stays.
local ticket, heads = ARGV[1], ROOT .. 'heads'
local key = ROOT .. 't:' .. ticket
local found = call('MGET', ROOT .. 'clock', key, ROOT .. 'n:' .. ARGV[2])
local old, lane = found[2], found[3]
if not found[1] then return { err = STALE } end
if not lane then return 0 end
local weight = ARGV[3] .. ARGV[4]
if old then
  if old == lane .. weight then return 1 end
  local left = sub(old, 1, 4)
  if call('ZREM', ROOT .. 'l:' .. left, ticket .. sub(old, 5)) == 0 then return 1 end
  local first = call('ZRANGE', ROOT .. 'l:' .. left, '0', '0')[1]
  if first then
    call('ZADD', heads, sub(first, 27), left)
  else
    call('ZREM', heads, left)
  end
end
call('SET', key, lane .. weight)
call('ZADD', ROOT .. 'l:' .. lane, ARGV[4], ticket .. weight)
-- A lane's head can only become earlier when a ticket comes.
call('ZADD', heads, 'LT', ARGV[4], lane)
return 1
