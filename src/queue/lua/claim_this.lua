-- ARGV: now, agent, ticket, 'kept' or 'ignored' limits, lease, the request that stands for none.
-- Returns what claim does.
local agent, ticket, desk, clock = ARGV[2], ARGV[3], ROOT .. 'a:' .. ARGV[2], ROOT .. 'clock'
local found = call('MGET', clock, desk, ROOT .. 'e:' .. agent, ROOT .. 't:' .. ticket)
local time, state, mine, place = found[1], found[2], found[3], found[4]
if not time then return { err = STALE } end
if not state then
  state = STRANGER
  if ARGV[4] ~= 'kept' then call('SADD', ROOT .. 'ag', agent) end
end
local load = load_of(state)
local waits = place and call('ZSCORE', ROOT .. 'l:' .. sub(place, 1, 4), ticket .. sub(place, 5))
if ARGV[4] == 'kept' then
  local capacity = tonumber(sub(state, 15, 24))
  if not capacity or presence_of(state, now) ~= 'o' then return 'absent' end
  if not waits or not mine or string.byte(mine, sub(place, 1, 4)) ~= 49 then return 'empty' end
  if load + sub(place, 5, 14) > capacity then return 'full' end
end
if not waits then return 'empty' end
leave_lane(ticket, place)
local fence, expires = after(time), instant(now + ARGV[5])
local record = ARGV[6] .. ticket .. fence .. sub(place, 5) .. expires
  .. string.format('r%010d', math.min(load, 4294967295))
local look = sub(state, 25, 38)
if look == NONE or look > expires then
  look = expires
  call('ZADD', ROOT .. 'rv', expires, agent)
end
call('MSET', clock, fence, desk, sub(state, 1, 24) .. look .. sub(state, 39) .. record)
return record
