-- Shared by all scripts. KEYS[1] is the root, such as {sportello}: every key begins with it, so all
-- live in one slot. Instants and scores arrive and are stored as decimal strings, because Lua would
-- round what it prints.
local ROOT = KEYS[1] .. ':'
local HEADS, LANES, PROFILES = ROOT .. 'heads', ROOT .. 'lanes', ROOT .. 'profiles'
local RESERVED, LEASES, AGENTS = ROOT .. 'rv', ROOT .. 'pr', ROOT .. 'ag'
local EPOCH, BUILDING = ROOT .. 'ep', ROOT .. 'building'
local LANES_VERSION, PROFILES_VERSION = ROOT .. 'lv', ROOT .. 'pv'
local GENERATION = redis.call('GET', ROOT .. 'gen')
local STALE = { err = 'STALE the queue must be rebuilt' }

local function lane_key(lane) return ROOT .. 'l:' .. lane end
local function ticket_key(ticket) return ROOT .. 't:' .. ticket end
local function agent_key(agent) return ROOT .. 'a:' .. agent end
local function held_key(agent) return ROOT .. 'at:' .. agent end
local function eligible_key(agent) return ROOT .. 'e:' .. agent end

-- Keeps `heads` equal to the score of each lane's first ticket.
local function rehead(lane)
  local head = redis.call('ZRANGE', lane_key(lane), 0, 0, 'WITHSCORES')
  if head[1] then
    redis.call('ZADD', HEADS, head[2], lane)
  else
    redis.call('ZREM', HEADS, lane)
  end
end

local function leave_lane(ticket, lane)
  redis.call('ZREM', lane_key(lane), ticket)
  rehead(lane)
end

local function enter_lane(ticket, lane, score)
  redis.call('HSET', ticket_key(ticket), 'state', 'w')
  redis.call('ZADD', lane_key(lane), score, ticket)
  rehead(lane)
end

-- A new ticket takes its place; one that waits moves; one that somebody has stays.
local function push(ticket, lane, score, cost)
  local key = ticket_key(ticket)
  local old = redis.call('HMGET', key, 'state', 'lane')
  if old[1] and old[1] ~= 'w' then return end
  if old[1] and old[2] ~= lane then leave_lane(ticket, old[2]) end
  redis.call('HSET', key, 'lane', lane, 'score', score, 'cost', cost)
  enter_lane(ticket, lane, score)
end

-- The sum of costs that an agent holds or has reserved.
local function load_of(agent)
  local load = 0
  for _, cost in ipairs(redis.call('HVALS', held_key(agent))) do load = load + tonumber(cost) end
  return load
end

-- An agent's presence and its start at `now`: a lease that ran out is an absence since then.
local function presence_of(agent, now)
  local found = redis.call('HMGET', agent_key(agent), 'presence', 'since', 'until')
  if not found[1] then return nil end
  if found[1] ~= 'offline' and tonumber(found[3]) <= tonumber(now) then
    return 'offline', found[3]
  end
  return found[1], found[2]
end

-- The capacity of an agent who takes new work; nil when absent or unknown.
local function capacity_of(agent, now)
  if presence_of(agent, now) ~= 'online' then return nil end
  return tonumber(redis.call('HGET', agent_key(agent), 'capacity'))
end

-- Reserves a ticket that waits, if its cost fits; `capacity` nil means that no limit counts.
local function reserve(agent, ticket, capacity, expires)
  local key = ticket_key(ticket)
  local found = redis.call('HMGET', key, 'state', 'lane', 'score', 'cost')
  if found[1] ~= 'w' then return 'empty' end
  local load = load_of(agent)
  if capacity and load + tonumber(found[4]) > capacity then return 'full' end
  local epoch = string.format('%.0f', redis.call('INCR', EPOCH))
  redis.call('HSET', key, 'state', 'r', 'agent', agent, 'gen', GENERATION, 'epoch', epoch,
    'expires', expires)
  leave_lane(ticket, found[2])
  redis.call('HSET', held_key(agent), ticket, found[4])
  redis.call('ZADD', RESERVED, expires, ticket)
  redis.call('SADD', AGENTS, agent)
  return table.concat(
    { 'reserved', ticket, GENERATION, epoch, found[3], string.format('%.0f', load), expires }, '|')
end

-- Takes a ticket from whoever has it and puts it back in its lane at its old score; a ticket that
-- was already held at the last rebuild has no lane, and leaves. Returns whose it was.
local function give_back(ticket)
  local key = ticket_key(ticket)
  local found = redis.call('HMGET', key, 'state', 'agent', 'lane', 'score')
  if not found[1] or found[1] == 'w' then return nil end
  redis.call('ZREM', RESERVED, ticket)
  redis.call('HDEL', held_key(found[2]), ticket)
  if found[3] then
    redis.call('HDEL', key, 'agent', 'gen', 'epoch', 'expires')
    enter_lane(ticket, found[3], found[4])
  else
    redis.call('DEL', key)
  end
  return found[2]
end

-- Whether the ticket is this agent's under this fence, and then its state.
local function state_if_mine(ticket, agent, generation, epoch)
  local found = redis.call('HMGET', ticket_key(ticket), 'state', 'agent', 'gen', 'epoch')
  if found[2] == agent and found[3] == generation and found[4] == epoch then return found[1] end
  return nil
end
