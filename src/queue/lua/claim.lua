-- ARGV: agent, request, now, expires, reach, until when the answer is kept.
-- Returns the answer as text: absent, empty, full, or the reservation.
if not GENERATION then return stale() end
local agent, now = ARGV[1], tonumber(ARGV[3])
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
-- Scores are dear to read, and matter only where two heads have the same.
local function walk()
  local from, step, most, alike = 0, 8, nil, nil
  repeat
    local lanes = call('ZRANGE', heads, from, from + step - 1)
    if not lanes[1] then return true end
    local mine = call('SMISMEMBER', eligible, unpack(lanes))
    for i = 1, #lanes do
      if mine[i] == 1 then
        if ticket and alike and tonumber(call('ZSCORE', heads, lanes[i])) > tonumber(score) then
          return true
        end
        consider(lanes[i])
        if ticket and not alike then
          -- A ticket behind a skipped one is later than its lane's head, so other heads count.
          alike = first[1] ~= ticket or call('ZCOUNT', heads, score, score) > 1
          if not alike then return true end
        end
      end
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

-- What the agent holds, and as `q` the answers given lately, newest first, each a line
-- after its break: request until answer.
local holds, load, given = ROOT .. 'at:' .. agent, 0, ''
local held = call('HGETALL', holds)
for i = 1, #held, 2 do
  if held[i] == 'q' then given = held[i + 1] else load = load + held[i + 1] end
end
local _, at = string.find(given, '\n' .. ARGV[2] .. ' ', 1, true)
if at then
  local ends, answer = string.match(given, '^(%d+) ([^\n]*)', at + 1)
  if tonumber(ends) > now then return answer end
end

-- An answer as the first line, before the last three.
local function with(answer)
  local cut = 0
  for _ = 1, 4 do cut = cut and string.find(given, '\n', cut + 1, true) end
  if cut then given = string.sub(given, 1, cut - 1) end
  return '\n' .. ARGV[2] .. ' ' .. ARGV[6] .. ' ' .. answer .. given
end

local facts = call('HMGET', ROOT .. 'a:' .. agent, 'presence', 'until', 'capacity')
local answer
if facts[1] ~= 'online' or tonumber(facts[2]) <= now or not facts[3] then
  -- A rebuild clears the agents that are known.
  if not facts[1] then call('SADD', ROOT .. 'ag', agent) end
  answer = 'absent'
else
  if not walk() then scan() end
  if not ticket then
    answer = 'empty'
  elseif load + cost > tonumber(facts[3]) then
    answer = 'full'
  end
end
if answer then
  call('HSET', holds, 'q', with(answer))
  return answer
end

local epoch = string.format('%.0f', call('INCR', ROOT .. 'ep'))
if first[1] == ticket then
  call('ZPOPMIN', ROOT .. 'l:' .. lane)
  if not first[3] then
    call('ZREM', heads, lane)
  elseif first[4] ~= score then
    call('ZADD', heads, first[4], lane)
  end
else
  call('ZREM', ROOT .. 'l:' .. lane, ticket)
end
call('HSET', ROOT .. 't:' .. ticket, 'o', agent .. '|' .. GENERATION .. '|' .. epoch)
answer = 'reserved|' .. ticket .. '|' .. GENERATION .. '|' .. epoch .. '|' .. score .. '|'
  .. string.format('%.0f', load) .. '|' .. ARGV[4]
call('HSET', holds, ticket, cost, 'q', with(answer))
call('ZADD', ROOT .. 'rv', ARGV[4], ticket)
return answer
