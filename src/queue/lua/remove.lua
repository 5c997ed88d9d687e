-- ARGV: ticket.
local ticket, key = ARGV[1], ROOT .. 't:' .. ARGV[1]
local found = call('MGET', ROOT .. 'clock', key)
if not found[1] then return { err = STALE } end
local place = found[2]
if not place then return 1 end
call('DEL', key)
if #place == 20 then
  local desk = ROOT .. 'a:' .. sub(place, 5)
  local state = call('GET', desk)
  for at = 68, #state, 115 do
    if sub(state, at + 16, at + 31) == ticket then
      call('SET', desk, sub(state, 1, at - 1) .. sub(state, at + 115))
      return 1
    end
  end
else
  local lane = sub(place, 1, 4)
  call('ZREM', ROOT .. 'l:' .. lane, ticket .. sub(place, 5))
  local first = call('ZRANGE', ROOT .. 'l:' .. lane, '0', '0')[1]
  if first then
    call('ZADD', ROOT .. 'heads', sub(first, 27), lane)
  else
    call('ZREM', ROOT .. 'heads', lane)
  end
end
return 1
