-- ARGV: ticket, cost, who may have it (or empty).
local ticket, cost, key, hint = ARGV[1], ARGV[2], ROOT .. 't:' .. ARGV[1], ARGV[3]
local found = call('MGET', ROOT .. 'clock', key, ROOT .. 'a:' .. hint)
if not found[1] then return { err = STALE } end
local place = found[2]
if not place then return 1 end
local lane, score = ROOT .. 'l:' .. sub(place, 1, 4), sub(place, 15)
if call('ZREM', lane, ticket .. sub(place, 5)) == 1 then
  call('ZADD', lane, score, ticket .. cost .. score)
  call('SETRANGE', key, 4, cost)
else
  local agent, _, at = holder_of(ticket, hint, found[3])
  if agent then call('SETRANGE', ROOT .. 'a:' .. agent, at + 59, cost) end
end
return 1
