-- ARGV: now, agent, ticket, 'kept' or 'ignored' limits, lease, the request that stands for none.
-- Returns what claim does.
local agent, ticket, desk, counter = ARGV[2], ARGV[3], ROOT .. 'a:' .. ARGV[2], ROOT .. 'ep'
local key = ROOT .. 't:' .. ticket
local found = call('MGET', ROOT .. 'gen', counter, desk, ROOT .. 'e:' .. agent, key)
local generation, state, mine, place = found[1], found[3], found[4], found[5]
if not generation then return stale() end
if not state then
  state = STRANGER
  if ARGV[4] ~= 'kept' then call('SADD', ROOT .. 'ag', agent) end
end
local load, waits = load_of(state), place and #place == 34
if ARGV[4] == 'kept' then
  local capacity = tonumber(sub(state, 15, 24))
  if not capacity or presence_of(state, now) ~= 'o' then return 'absent' end
  if not waits or not mine or string.byte(mine, sub(place, 1, 4)) ~= 49 then return 'empty' end
  if load + sub(place, 5, 14) > capacity then return 'full' end
end
if not waits then return 'empty' end
leave_lane(ticket, place)
local epoch, expires = string.format('%016d', (found[2] or 0) + 1), instant(now + ARGV[5])
local record = ARGV[6] .. ticket .. sub(place, 5, 34) .. generation .. epoch .. expires
  .. string.format('r%010d', math.min(load, 4294967295))
local look = sub(state, 25, 38)
if look == NONE or look > expires then
  look = expires
  call('ZADD', ROOT .. 'rv', expires, agent)
end
call('MSET', counter, epoch, desk, sub(state, 1, 24) .. look .. sub(state, 39) .. record,
  key, place .. agent)
return record
