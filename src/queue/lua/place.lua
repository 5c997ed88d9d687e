-- Where a ticket waits, or waited before somebody had it. `t:<ticket>` says its lane 4 (dashes:
-- unknown), cost 10 and score 20; the member of the lane is ticket 16, cost 10, score 20. It waits as
-- long as it is that member; otherwise one of the agents has its record, and what it weighs is there.
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
  call('ZREM', ROOT .. 'l:' .. lane, ticket .. sub(place, 5))
  rehead(lane)
end

-- A lane's head can only become earlier when a ticket comes.
local function enter_lane(ticket, place)
  local lane, score = sub(place, 1, 4), sub(place, 15, 34)
  call('ZADD', ROOT .. 'l:' .. lane, score, ticket .. sub(place, 5))
  call('ZADD', HEADS, 'LT', score, lane)
end

-- A ticket that nobody has any more waits in its lane again, at its old score; one that was already
-- held at the last rebuild has no lane, and leaves.
local function come_back(ticket, lane, weight)
  if lane == '----' then
    call('DEL', ROOT .. 't:' .. ticket)
  else
    call('SET', ROOT .. 't:' .. ticket, lane .. weight)
    enter_lane(ticket, lane .. weight)
  end
end
