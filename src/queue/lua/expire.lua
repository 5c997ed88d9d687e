-- ARGV: now, limit. Returns ticket, agent, ticket, agent ... and the agents whose presence ran out.
if call('EXISTS', ROOT .. 'clock') == 0 then return { err = STALE } end
local limit, due, states = tonumber(ARGV[2]), {}, {}

-- Byte by byte, whatever the server's language is.
local function smaller(one, other)
  for i = 1, 16 do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return false
end

-- Somewhat more agents than tickets: some are only looked at because something was due and is not.
local agents = call('ZRANGEBYSCORE', ROOT .. 'rv', '-inf', now, 'LIMIT', 0, limit + 100)
for _, agent in ipairs(agents) do
  local state = call('GET', ROOT .. 'a:' .. agent)
  states[agent] = state
  for at = HEAD + 1, #state, RECORD do
    local expires = sub(state, at + 90, at + 103)
    if sub(state, at + 104, at + 104) == 'r' and tonumber(expires) <= now then
      due[#due + 1] = { expires = tonumber(expires), ticket = sub(state, at + 16, at + 31), agent = agent }
    end
  end
end
table.sort(due, function(a, b)
  if a.expires ~= b.expires then return a.expires < b.expires end
  return smaller(a.ticket, b.ticket)
end)

local returned, absent = {}, {}
for i = 1, math.min(limit, #due) do
  local ticket, agent = due[i].ticket, due[i].agent
  local state = states[agent]
  local at = find(state, ticket)
  states[agent] = without(state, at)
  come_back(ticket, call('GETRANGE', ROOT .. 't:' .. ticket, 0, 3), sub(state, at + 60, at + 89))
  returned[#returned + 1] = ticket
  returned[#returned + 1] = agent
end
for _, agent in ipairs(agents) do
  local state, look = states[agent], NONE
  for at = HEAD + 1, #state, RECORD do
    local expires = sub(state, at + 90, at + 103)
    if sub(state, at + 104, at + 104) == 'r' and (look == NONE or expires < look) then look = expires end
  end
  call('SET', ROOT .. 'a:' .. agent, sub(state, 1, 24) .. look .. sub(state, 39))
  if look == NONE then
    call('ZREM', ROOT .. 'rv', agent)
  else
    call('ZADD', ROOT .. 'rv', look, agent)
  end
end

for _, agent in ipairs(call('ZRANGEBYSCORE', ROOT .. 'pr', '-inf', now, 'LIMIT', 0, limit)) do
  local desk = ROOT .. 'a:' .. agent
  call('ZREM', ROOT .. 'pr', agent)
  call('SETRANGE', desk, 38, '-' .. call('GETRANGE', desk, 0, 13))
  absent[#absent + 1] = agent
end
return { returned, absent }
