-- ARGV: ticket, who may have it (or empty).
local ticket, key, hint = ARGV[1], ROOT .. 't:' .. ARGV[1], ARGV[2]
local found = call('MGET', ROOT .. 'clock', key, ROOT .. 'a:' .. hint)
if not found[1] then return { err = STALE } end
local place, state = found[2], found[3]
if not place then return 1 end
call('DEL', key)
local agent, at = hint, state and find(state, ticket)
if not at then
  local lane = sub(place, 1, 4)
  if call('ZREM', ROOT .. 'l:' .. lane, ticket .. sub(place, 5)) == 1 then
    rehead(lane)
  else
    agent, state, at = holder_of(ticket)
  end
end
if at then call('SET', ROOT .. 'a:' .. agent, without(state, at)) end
return 1
