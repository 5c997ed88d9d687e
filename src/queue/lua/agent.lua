-- What is known of an agent: one string, a head of 67 bytes and a record of 115 for each ticket that
-- is reserved for them or held by them.
--   head    until 14, capacity 10 (or dashes), look 14, presence 1 (o, a, -), since 14, skip 14
--   record  request 16, ticket 16, fence 28, cost 10, score 20, expires 14, state 1 (r, h), load 10
-- `look` is when expire looks at the agent: their score in `rv`, or zeros when they are not in it.
-- `skip` is when the last of the skips in `x:<agent>` ends. The state is r while the ticket is reserved, h once it is held.
local HEAD, RECORD, NONE = 67, 115, '00000000000000'

-- `clock` holds the last fence: generation 12, epoch 16. The next one.
local function after(time) return sub(time, 1, 12) .. string.format('%016d', sub(time, 13) + 1) end

local function instant(number) return string.format('%014d', number) end

-- Somebody whom nobody introduced: absent, since no known time.
local STRANGER = NONE .. '----------' .. NONE .. '-' .. NONE .. NONE

-- Where the record of a ticket begins; nil when there is none.
local function find(state, ticket)
  for at = HEAD + 1, #state, RECORD do
    if sub(state, at + 16, at + 31) == ticket then return at end
  end
end

-- Who has the ticket, their state and where its record begins: the agent named first, if it is they,
-- else one of all. Nil when nobody has it.
local function holder_of(ticket, hint, state)
  local at = state and find(state, ticket)
  if at then return hint, state, at end
  for _, agent in ipairs(call('SMEMBERS', ROOT .. 'ag')) do
    state = call('GET', ROOT .. 'a:' .. agent)
    at = state and find(state, ticket)
    if at then return agent, state, at end
  end
end

-- The sum of the costs.
local function load_of(state)
  local load = 0
  for at = HEAD + 61, #state, RECORD do load = load + sub(state, at, at + 9) end
  return load
end

local function without(state, at) return sub(state, 1, at - 1) .. sub(state, at + RECORD) end

-- The presence and its start at `now`: a lease that ran out is an absence since then.
local function presence_of(state, now)
  local presence = sub(state, 39, 39)
  if presence ~= '-' and tonumber(sub(state, 1, 14)) <= now then return '-', sub(state, 1, 14) end
  return presence, sub(state, 40, 53)
end

-- Agent, presence, since, load, capacity.
local function described(agent, state, now)
  local presence, since = presence_of(state, now)
  return { agent, presence, since, string.format('%.0f', load_of(state)), sub(state, 15, 24) }
end
