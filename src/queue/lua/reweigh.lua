-- ARGV: ticket, cost.
local ticket, cost, key = ARGV[1], ARGV[2], ROOT .. 't:' .. ARGV[1]
local found = call('MGET', ROOT .. 'clock', key)
if not found[1] then return { err = STALE } end
local place = found[2]
if not place then return 1 end
if #place == 20 then
  local desk = ROOT .. 'a:' .. sub(place, 5)
  call('SETRANGE', desk, find(call('GET', desk), ticket) + 59, cost)
else
  local lane, score = ROOT .. 'l:' .. sub(place, 1, 4), sub(place, 15)
  call('ZREM', lane, ticket .. sub(place, 5))
  call('ZADD', lane, score, ticket .. cost .. score)
  call('SETRANGE', key, 4, cost)
end
return 1
