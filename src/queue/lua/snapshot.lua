-- ARGV: now, limit. Returns how many wait; lane's requirement and member for the most urgent; agent,
-- presence, since, load, capacity for each agent with a profile.
if call('EXISTS', ROOT .. 'clock') == 0 then return { err = STALE } end
local limit, total, first, waiting, agents = tonumber(ARGV[2]), 0, {}, {}, {}
local function urgency(a, b)
  if a.score ~= b.score then return a.score < b.score end
  if a.lane ~= b.lane then return tonumber(a.lane) < tonumber(b.lane) end
  return a.rank < b.rank
end
for _, lane in ipairs(call('ZRANGE', ROOT .. 'heads', 0, -1)) do
  total = total + call('ZCARD', ROOT .. 'l:' .. lane)
  local members = limit > 0 and call('ZRANGE', ROOT .. 'l:' .. lane, 0, limit - 1) or {}
  if members[1] and not (first[limit] and tonumber(sub(members[1], 27)) > first[limit].score) then
    for rank, member in ipairs(members) do
      first[#first + 1] = { member = member, score = tonumber(sub(member, 27)), lane = lane, rank = rank }
    end
    table.sort(first, urgency)
    for i = #first, limit + 1, -1 do first[i] = nil end
  end
end
local asked = {}
for _, found in ipairs(first) do
  asked[found.lane] = asked[found.lane] or sub(call('HGET', ROOT .. 'lanes', found.lane), 17)
  waiting[#waiting + 1] = asked[found.lane]
  waiting[#waiting + 1] = found.member
end
for _, agent in ipairs(call('HKEYS', ROOT .. 'profiles')) do
  local state = call('GET', ROOT .. 'a:' .. agent)
  local presence, since = presence_of(state, now)
  local load = string.format('%.0f', load_of(state))
  for _, value in ipairs({ agent, presence, since, load, sub(state, 15, 24) }) do
    agents[#agents + 1] = value
  end
end
return { total, waiting, agents }
