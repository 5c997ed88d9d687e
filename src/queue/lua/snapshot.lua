-- ARGV: limit, now. Returns how many wait; ticket, requirement, score, cost for the most urgent;
-- agent, presence, since, load, capacity for each agent with a profile.
if not GENERATION then return stale() end
local limit, total, first, waiting, agents = tonumber(ARGV[1]), 0, {}, {}, {}
local function urgency(a, b)
  if a.score ~= b.score then return a.score < b.score end
  return a.ticket < b.ticket
end
local heads = call('ZRANGE', ROOT .. 'heads', 0, -1, 'WITHSCORES')
for i = 1, #heads, 2 do
  local lane = heads[i]
  total = total + call('ZCARD', ROOT .. 'l:' .. lane)
  if limit > 0 and not (first[limit] and tonumber(heads[i + 1]) > first[limit].score) then
    local members = call('ZRANGE', ROOT .. 'l:' .. lane, 0, limit - 1, 'WITHSCORES')
    for j = 1, #members, 2 do
      first[#first + 1] = { ticket = members[j], score = tonumber(members[j + 1]), lane = lane }
    end
    table.sort(first, urgency)
    for j = #first, limit + 1, -1 do first[j] = nil end
  end
end
for _, found in ipairs(first) do
  local fields = call('HMGET', ROOT .. 't:' .. found.ticket, 'score', 'cost')
  for _, value in ipairs({ found.ticket, call('HGET', ROOT .. 'lanes', found.lane), fields[1], fields[2] }) do
    waiting[#waiting + 1] = value
  end
end
for _, agent in ipairs(call('HKEYS', ROOT .. 'profiles')) do
  local presence, since = presence_of(agent, ARGV[2])
  local capacity = call('HGET', ROOT .. 'a:' .. agent, 'capacity')
  for _, value in ipairs({ agent, presence, since, string.format('%.0f', load_of(agent)), capacity }) do
    agents[#agents + 1] = value
  end
end
return { total, waiting, agents }
