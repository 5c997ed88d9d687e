-- ARGV: ticket, cost.
local ticket, cost, key = ARGV[1], ARGV[2], ROOT .. 't:' .. ARGV[1]
local found = call('MGET', ROOT .. 'gen', key)
if not found[1] then return stale() end
local place = found[2]
if not place or sub(place, 5, 14) == cost then return 1 end
if #place > 34 then
  local desk = ROOT .. 'a:' .. sub(place, 35)
  call('SETRANGE', desk, find(call('GET', desk), ticket) + 31, cost)
else
  local lane, score = ROOT .. 'l:' .. sub(place, 1, 4), sub(place, 15)
  call('ZREM', lane, ticket .. sub(place, 5))
  call('ZADD', lane, score, ticket .. cost .. score)
end
call('SETRANGE', key, 4, cost)
return 1
