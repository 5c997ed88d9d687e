-- ARGV: now, agent, request, lease. Returns the record of the reservation, or why there is
-- none: absent, empty, full.
local agent, request = ARGV[2], ARGV[3]
local desk, clock, heads = ROOT .. 'a:' .. agent, ROOT .. 'clock', ROOT .. 'heads'
local found = call('MGET', clock, desk, ROOT .. 'e:' .. agent)
local time, state, mine = found[1], found[2], found[3]
if not time then return { err = STALE } end
if not state then return 'absent' end

-- The same request again: the same answer.
local load = 0
for at = 68, #state, 115 do
  if sub(state, at, at + 15) == request then return sub(state, at, at + 114) end
  load = load + sub(state, at + 60, at + 69)
end
local capacity = tonumber(sub(state, 15, 24))
if not capacity or sub(state, 39, 39) ~= 'o' or tonumber(sub(state, 1, 14)) <= now then
  return 'absent'
end
if not mine then return 'empty' end

-- The lane, its first tickets, and which of them.
local lane, front
local chosen = 1

if tonumber(sub(state, 54, 67)) > now then
  -- Somebody who gave tickets back lately: of each of their lanes in turn, the first ticket that is
  -- not skipped, among REACH of them, until no later lane can win.
  local skips, skipped, score = call('GET', ROOT .. 'x:' .. agent), {}, nil
  for at = 1, #skips, 30 do
    if tonumber(sub(skips, at + 16, at + 29)) > now then skipped[sub(skips, at, at + 15)] = true end
  end
  local own = call('ZINTER', 2, heads, ROOT .. 's:' .. agent, 'WEIGHTS', '1', '0')
  for _, other in ipairs(own) do
    local members = call('ZRANGE', ROOT .. 'l:' .. other, '0', '7')
    if lane and tonumber(sub(members[1], 27)) > score then break end
    for i, member in ipairs(members) do
      if not skipped[sub(member, 1, 16)] then
        local this = tonumber(sub(member, 27))
        if not lane or this < score or (this == score and tonumber(other) < tonumber(lane)) then
          lane, front, chosen, score = other, members, i, this
        end
        break
      end
    end
  end
else
  -- The heads in order, until the first that the agent may serve. Once the walk is long beside the
  -- number of their lanes, the server finds the heads of those alone.
  local byte, lanes = string.byte, call('ZRANGE', heads, '0', '15')
  for i = 1, #lanes do
    if byte(mine, lanes[i]) == 49 then
      lane = lanes[i]
      break
    end
  end
  if not lane and #lanes == 16 then
    local own, from = call('SCARD', ROOT .. 's:' .. agent), 16
    while not lane and from < own do
      local to = math.min(4 * from, own)
      lanes = call('ZRANGE', heads, from, to - 1)
      for i = 1, #lanes do
        if byte(mine, lanes[i]) == 49 then
          lane = lanes[i]
          break
        end
      end
      from = #lanes < to - from and math.huge or to
    end
    if not lane and from < math.huge then
      lane = call('ZINTER', 2, heads, ROOT .. 's:' .. agent, 'WEIGHTS', '1', '0')[1]
    end
  end
  if lane then front = call('ZRANGE', ROOT .. 'l:' .. lane, '0', '1') end
end
if not lane then return 'empty' end

local member = front[chosen]
if load + sub(member, 17, 26) > capacity then return 'full' end
call('ZREM', ROOT .. 'l:' .. lane, member)
if chosen == 1 then
  local after = front[2]
  if not after then
    call('ZREM', heads, lane)
  elseif sub(after, 27) ~= sub(member, 27) then
    call('ZADD', heads, sub(after, 27), lane)
  end
end
local ticket, weight, expires = sub(member, 1, 16), sub(member, 17), now + ARGV[4]
if load > 4294967295 then load = 4294967295 end
local tail = string.format('%016d%014dr%010d', sub(time, 13) + 1, expires, load)
local fence, look = sub(time, 1, 12) .. sub(tail, 1, 16), sub(state, 25, 38)
if look == '00000000000000' or look + 0 > expires then
  look = sub(tail, 17, 30)
  call('ZADD', ROOT .. 'rv', look, agent)
end
local record = request .. ticket .. fence .. weight .. sub(tail, 17)
call('MSET', clock, fence, desk, sub(state, 1, 24) .. look .. sub(state, 39) .. record)
return record
