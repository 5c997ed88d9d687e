-- Where a ticket is. It waits in its lane, or its field `o` says who has it: agent|generation|epoch.
-- What somebody has is reserved while it is in `rv`, and held afterwards.

-- Keeps `heads` equal to the score of each lane's first ticket.
local function rehead(lane)
  local head = call('ZRANGE', ROOT .. 'l:' .. lane, 0, 0, 'WITHSCORES')
  if head[1] then
    call('ZADD', ROOT .. 'heads', head[2], lane)
  else
    call('ZREM', ROOT .. 'heads', lane)
  end
end

local function leave_lane(ticket, lane)
  call('ZREM', ROOT .. 'l:' .. lane, ticket)
  rehead(lane)
end

-- A lane's head can only become earlier when a ticket comes.
local function enter_lane(ticket, lane, score)
  call('ZADD', ROOT .. 'l:' .. lane, score, ticket)
  call('ZADD', ROOT .. 'heads', 'LT', score, lane)
end

-- A new ticket takes its place; one that waits moves; one that somebody has stays.
local function push(ticket, lane, score, cost)
  local key = ROOT .. 't:' .. ticket
  local old = call('HMGET', key, 'o', 'lane')
  if old[1] then return end
  if old[2] then leave_lane(ticket, old[2]) end
  call('HSET', key, 'lane', lane, 'score', score, 'cost', cost)
  enter_lane(ticket, lane, score)
end

-- The agent of a field `o`.
local function agent_of(owner)
  return string.sub(owner, 1, string.find(owner, '|', 1, true) - 1)
end

-- Takes a ticket from whoever has it and puts it back in its lane at its old score; a ticket that
-- was already held at the last rebuild has no lane, and leaves. Returns whose it was.
local function give_back(ticket)
  local key = ROOT .. 't:' .. ticket
  local found = call('HMGET', key, 'o', 'lane', 'score')
  if not found[1] then return nil end
  local agent = agent_of(found[1])
  call('ZREM', ROOT .. 'rv', ticket)
  call('HDEL', ROOT .. 'at:' .. agent, ticket)
  if found[2] then
    call('HDEL', key, 'o')
    enter_lane(ticket, found[2], found[3])
  else
    call('DEL', key)
  end
  return agent
end
