-- ARGV: ticket, who may have it (or empty).
local ticket, key = ARGV[1], ROOT .. 't:' .. ARGV[1]
local desk = ROOT .. 'a:' .. ARGV[2]
local found = call('MGET', ROOT .. 'clock', key, desk)
if not found[1] then return { err = STALE } end
local place = found[2]
if not place then return 1 end
call('DEL', key)

-- Takes it out of a state where it is found.
local function leave(state)
  for at = 68, state and #state or 0, 115 do
    if sub(state, at + 16, at + 31) == ticket then
      call('SET', desk, sub(state, 1, at - 1) .. sub(state, at + 115))
      return true
    end
  end
end

if leave(found[3]) then return 1 end
local lane = sub(place, 1, 4)
if call('ZREM', ROOT .. 'l:' .. lane, ticket .. sub(place, 5)) == 1 then
  local first = call('ZRANGE', ROOT .. 'l:' .. lane, '0', '0')[1]
  if first then
    call('ZADD', ROOT .. 'heads', sub(first, 27), lane)
  else
    call('ZREM', ROOT .. 'heads', lane)
  end
  return 1
end
for _, agent in ipairs(call('SMEMBERS', ROOT .. 'ag')) do
  desk = ROOT .. 'a:' .. agent
  if leave(call('GET', desk)) then return 1 end
end
return 1
