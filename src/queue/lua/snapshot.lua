-- ARGV: limit, now. Returns how many wait; ticket, requirement, score, cost for the most urgent;
-- agent, presence, since, load, capacity for each agent with a profile.
if not GENERATION then return STALE end
local limit, total, first, waiting, agents = tonumber(ARGV[1]), 0, {}, {}, {}
local function urgency(a, b)
  if a.score ~= b.score then return a.score < b.score end
  return a.ticket < b.ticket
end
local heads = redis.call('ZRANGE', HEADS, 0, -1, 'WITHSCORES')
for i = 1, #heads, 2 do
  local lane = heads[i]
  total = total + redis.call('ZCARD', lane_key(lane))
  if limit > 0 and not (first[limit] and tonumber(heads[i + 1]) > first[limit].score) then
    local members = redis.call('ZRANGE', lane_key(lane), 0, limit - 1, 'WITHSCORES')
    for j = 1, #members, 2 do
      first[#first + 1] = { ticket = members[j], score = tonumber(members[j + 1]), lane = lane }
    end
    table.sort(first, urgency)
    for j = #first, limit + 1, -1 do first[j] = nil end
  end
end
for _, found in ipairs(first) do
  local fields = redis.call('HMGET', ticket_key(found.ticket), 'score', 'cost')
  for _, value in ipairs({ found.ticket, redis.call('HGET', LANES, found.lane), fields[1], fields[2] }) do
    waiting[#waiting + 1] = value
  end
end
for _, agent in ipairs(redis.call('HKEYS', PROFILES)) do
  local presence, since = presence_of(agent, ARGV[2])
  local capacity = redis.call('HGET', agent_key(agent), 'capacity')
  for _, value in ipairs({ agent, presence, since, string.format('%.0f', load_of(agent)), capacity }) do
    agents[#agents + 1] = value
  end
end
return { total, waiting, agents }
