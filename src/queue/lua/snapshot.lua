-- ARGV: now, limit, agents: with any, only tickets that one of them may serve. Returns how many wait; lane's requirement and member for the most urgent; agent,
-- presence, since, load, capacity for each agent with a profile.
if call('EXISTS', ROOT .. 'clock') == 0 then return { err = STALE } end
local limit, total, heap, waiting, agents = tonumber(ARGV[2]), 0, {}, {}, {}
-- A heap of lanes by the place of their next ticket; each is read a few tickets at a time.
local CHUNK = 16
local function before(a, b)
  if a.score ~= b.score then return a.score < b.score end
  return a.number < b.number
end
local function sink(at)
  local it = heap[at]
  while true do
    local child = 2 * at
    if child > #heap then break end
    if child < #heap and before(heap[child + 1], heap[child]) then child = child + 1 end
    if not before(heap[child], it) then break end
    heap[at], at = heap[child], child
  end
  heap[at] = it
end
local able = {}
for i = 3, #ARGV do able[#able + 1] = call('GET', ROOT .. 'e:' .. ARGV[i]) or '' end
local function is_wanted(number)
  if #ARGV < 3 then return true end
  for _, lanes in ipairs(able) do
    if string.byte(lanes, number) == 49 then return true end
  end
  return false
end
local heads = call('ZRANGE', ROOT .. 'heads', 0, -1, 'WITHSCORES')
for i = 1, #heads, 2 do
  local lane = heads[i]
  local number = tonumber(lane)
  total = total + call('ZCARD', ROOT .. 'l:' .. lane)
  -- In order of score, so that the table is a heap; equal scores come in order of lane.
  if is_wanted(number) then
    heap[#heap + 1] = { lane = lane, number = number, score = tonumber(heads[i + 1]), from = 0, at = 1 }
  end
end
local asked = {}
while #waiting < 2 * limit and heap[1] do
  local lane = heap[1]
  local member = lane.members and lane.members[lane.at]
  if not member then
    lane.members, lane.at = call('ZRANGE', ROOT .. 'l:' .. lane.lane, lane.from, lane.from + CHUNK - 1), 1
    lane.from = lane.from + CHUNK
    member = lane.members[1]
  end
  asked[lane.lane] = asked[lane.lane] or sub(call('HGET', ROOT .. 'lanes', lane.lane), 17)
  waiting[#waiting + 1] = asked[lane.lane]
  waiting[#waiting + 1] = member
  lane.at = lane.at + 1
  local after = lane.members[lane.at]
  if not after then
    after = call('ZRANGE', ROOT .. 'l:' .. lane.lane, lane.from, lane.from)[1]
  end
  if after then
    lane.score = tonumber(sub(after, 27))
  else
    heap[1] = heap[#heap]
    heap[#heap] = nil
  end
  if heap[1] then sink(1) end
end
for _, agent in ipairs(call('HKEYS', ROOT .. 'profiles')) do
  for _, value in ipairs(described(agent, call('GET', ROOT .. 'a:' .. agent), now)) do
    agents[#agents + 1] = value
  end
end
return { total, waiting, agents }
