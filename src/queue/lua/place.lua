-- Where a ticket is: `t:<ticket>` says its lane 4 (or dashes), cost 10, score 20, and whose it is 16
-- while somebody has it. It waits otherwise, as the member ticket 16, cost 10, score 20 of its lane.
local HEADS = ROOT .. 'heads'

-- Keeps `heads` equal to the score of each lane's first ticket.
local function rehead(lane)
  local first = call('ZRANGE', ROOT .. 'l:' .. lane, '0', '0')[1]
  if first then
    call('ZADD', HEADS, sub(first, 27), lane)
  else
    call('ZREM', HEADS, lane)
  end
end

local function leave_lane(ticket, place)
  local lane = sub(place, 1, 4)
  call('ZREM', ROOT .. 'l:' .. lane, ticket .. sub(place, 5, 34))
  rehead(lane)
end

-- A lane's head can only become earlier when a ticket comes.
local function enter_lane(ticket, place)
  local lane, score = sub(place, 1, 4), sub(place, 15, 34)
  call('ZADD', ROOT .. 'l:' .. lane, score, ticket .. sub(place, 5, 34))
  call('ZADD', HEADS, 'LT', score, lane)
end

-- A new ticket takes its place; one that waits moves; one that somebody has stays.
local function push(ticket, old, lane, cost, score)
  local place = lane .. cost .. score
  if old and (#old > 34 or old == place) then return end
  if old then leave_lane(ticket, old) end
  call('SET', ROOT .. 't:' .. ticket, place)
  enter_lane(ticket, place)
end

-- A ticket that nobody has any more waits in its lane again, at its old score; one that was already
-- held at the last rebuild has no lane, and leaves.
local function come_back(ticket, place)
  if sub(place, 1, 4) == '----' then
    call('DEL', ROOT .. 't:' .. ticket)
  else
    call('SET', ROOT .. 't:' .. ticket, sub(place, 1, 34))
    enter_lane(ticket, place)
  end
end
