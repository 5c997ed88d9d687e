-- ARGV: agent, request, now, expires, reach, until when the answer is kept, how many are kept.
-- Returns the answer as text: absent, empty, full, or the reservation.
if not GENERATION then return stale() end
local agent, now = ARGV[1], tonumber(ARGV[3])
local holds, asked = ROOT .. 'at:' .. agent, 'q:' .. ARGV[2]
local heads, eligible = ROOT .. 'heads', ROOT .. 'e:' .. agent
-- The best ticket so far: its name, lane, score and cost.
local ticket, lane, score, cost
-- The two first tickets of its lane.
local first

-- The first ticket of a lane that is not skipped for this agent, if it beats the best so far.
local function consider(other)
  local members, reach = call('ZRANGE', ROOT .. 'l:' .. other, 0, 1, 'WITHSCORES'), tonumber(ARGV[5])
  local front, i = members, 1
  while members[i] and i < 2 * reach do
    local found, at = members[i], members[i + 1]
    if ticket then
      local this, best = tonumber(at), tonumber(score)
      if this > best or (this == best and found > ticket) then return end
    end
    local facts = call('HMGET', ROOT .. 't:' .. found, 'cost', 'x:' .. agent)
    if not facts[2] or tonumber(facts[2]) <= now then
      ticket, lane, score, cost, first = found, other, at, facts[1], front
      return
    end
    i = i + 2
    if i == 5 then
      members = call('ZRANGE', ROOT .. 'l:' .. other, 0, reach - 1, 'WITHSCORES')
    end
  end
end

-- Walks the heads in order, in growing steps, until no later lane can win. True when it is decided.
local function walk()
  local from, step, most = 0, 8, nil
  repeat
    local found, lanes = call('ZRANGE', heads, from, from + step - 1, 'WITHSCORES'), {}
    if not found[1] then return true end
    for i = 1, #found, 2 do lanes[#lanes + 1] = found[i] end
    local mine = call('SMISMEMBER', eligible, unpack(lanes))
    for i = 1, #lanes do
      if ticket and tonumber(found[2 * i]) > tonumber(score) then return true end
      if mine[i] == 1 then consider(lanes[i]) end
    end
    if #lanes < step then return true end
    most = most or call('SCARD', eligible) / 2
    from = from + step
    step = math.min(step * 2, 1024)
  until from > most
  return false
end

-- Asks for the heads of the agent's own lanes: better once the walk is long beside their number.
local function scan()
  local lanes, found = call('SMEMBERS', eligible), {}
  for start = 1, #lanes, 1024 do
    local part = { unpack(lanes, start, math.min(start + 1023, #lanes)) }
    for i, at in ipairs(call('ZMSCORE', heads, unpack(part))) do
      if at then found[#found + 1] = { part[i], tonumber(at) } end
    end
  end
  table.sort(found, function(a, b) return a[2] < b[2] end)
  for _, head in ipairs(found) do
    if ticket and head[2] > tonumber(score) then return end
    consider(head[1])
  end
end

-- Makes room for one more answer: the oldest go.
local function forget(answers)
  table.sort(answers, function(a, b) return a[2] < b[2] end)
  local old = {}
  for i = 1, math.ceil(#answers / 2) do old[i] = answers[i][1] end
  call('HDEL', holds, unpack(old))
end

-- What the agent holds, and the answers given lately: until|answer.
local load, kept, held = 0, 0, call('HGETALL', holds)
for i = 1, #held, 2 do
  if string.byte(held[i]) ~= 113 then
    load = load + held[i + 1]
  else
    kept = kept + 1
    if held[i] == asked then
      local bar = string.find(held[i + 1], '|', 1, true)
      if tonumber(string.sub(held[i + 1], 1, bar - 1)) > now then
        return string.sub(held[i + 1], bar + 1)
      end
    end
  end
end
if kept >= tonumber(ARGV[7]) then
  local answers = {}
  for i = 1, #held, 2 do
    if string.byte(held[i]) == 113 then
      answers[#answers + 1] = { held[i], tonumber(string.match(held[i + 1], '^%d+')) }
    end
  end
  forget(answers)
end

local facts = call('HMGET', ROOT .. 'a:' .. agent, 'presence', 'until', 'capacity')
local answer
if facts[1] ~= 'online' or tonumber(facts[2]) <= now or not facts[3] then
  answer = 'absent'
elseif not walk() and scan() or not ticket then
  answer = 'empty'
elseif load + cost > tonumber(facts[3]) then
  answer = 'full'
end
if answer then
  call('HSET', holds, asked, ARGV[6] .. '|' .. answer)
  return answer
end
local epoch = string.format('%.0f', call('INCR', ROOT .. 'ep'))
if first[1] == ticket then
  call('ZPOPMIN', ROOT .. 'l:' .. lane)
  if first[3] then
    if first[4] ~= score then call('ZADD', heads, first[4], lane) end
  else
    call('ZREM', heads, lane)
  end
else
  call('ZREM', ROOT .. 'l:' .. lane, ticket)
end
call('HSET', ROOT .. 't:' .. ticket, 'o', agent .. '|' .. GENERATION .. '|' .. epoch)
answer = 'reserved|' .. ticket .. '|' .. GENERATION .. '|' .. epoch .. '|' .. score .. '|'
  .. string.format('%.0f', load) .. '|' .. ARGV[4]
call('HSET', holds, ticket, cost, asked, ARGV[6] .. '|' .. answer)
call('ZADD', ROOT .. 'rv', ARGV[4], ticket)
return answer
