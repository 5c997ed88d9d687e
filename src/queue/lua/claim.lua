-- ARGV: agent, request, now, expires, reach, ms to keep the answer.
-- Returns the answer as text: absent, empty, full, or the reservation.
if not GENERATION then return STALE end
local agent, now, reach = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[5])
local kept = ROOT .. 'dq:' .. GENERATION .. ':' .. agent .. ':' .. ARGV[2]
local best = nil

-- The first ticket of the lane that is not skipped for this agent, if it beats the best so far.
local function consider(lane)
  local members = redis.call('ZRANGE', lane_key(lane), 0, reach - 1, 'WITHSCORES')
  for i = 1, #members, 2 do
    local ticket, score = members[i], tonumber(members[i + 1])
    if best and (score > best.score or (score == best.score and ticket > best.ticket)) then return end
    local skipped = redis.call('HGET', ticket_key(ticket), 'x:' .. agent)
    if not skipped or tonumber(skipped) <= now then
      best = { ticket = ticket, score = score }
      return
    end
  end
end

-- Walks the heads in order, in growing steps, until no later lane can win. True when it is decided.
local function walk(most)
  local from, step = 0, 8
  while from <= most do
    local heads = redis.call('ZRANGE', HEADS, from, from + step - 1, 'WITHSCORES')
    if #heads == 0 then return true end
    local lanes = {}
    for i = 1, #heads, 2 do lanes[#lanes + 1] = heads[i] end
    local mine = redis.call('SMISMEMBER', eligible_key(agent), unpack(lanes))
    for i, lane in ipairs(lanes) do
      if best and tonumber(heads[2 * i]) > best.score then return true end
      if mine[i] == 1 then consider(lane) end
    end
    from = from + step
    step = math.min(step * 2, 1024)
  end
  return false
end

-- Asks for the heads of the agent's own lanes: better once the walk is longer than they are many.
local function scan()
  local lanes, found = redis.call('SMEMBERS', eligible_key(agent)), {}
  for first = 1, #lanes, 1024 do
    local part = { unpack(lanes, first, math.min(first + 1023, #lanes)) }
    for i, score in ipairs(redis.call('ZMSCORE', HEADS, unpack(part))) do
      if score then found[#found + 1] = { lane = part[i], score = tonumber(score) } end
    end
  end
  table.sort(found, function(a, b) return a.score < b.score end)
  for _, head in ipairs(found) do
    if best and head.score > best.score then return end
    consider(head.lane)
  end
end

local answer = redis.call('GET', kept)
if answer then return answer end
local capacity = capacity_of(agent, now)
if not capacity then
  answer = 'absent'
else
  local lanes = redis.call('SCARD', eligible_key(agent))
  if lanes > 0 and not walk(lanes) then scan() end
  answer = best and reserve(agent, best.ticket, capacity, ARGV[4]) or 'empty'
end
redis.call('SET', kept, answer, 'PX', ARGV[6])
return answer
