-- Shared by all scripts. KEYS[1] is the root, such as {sportello}: every key begins with it, so all
-- live in one slot. Instants and scores arrive and are stored as decimal strings, because Lua would
-- round what it prints. Names are put together where they are used: a script pays for what it needs.
local call = redis.call
local ROOT = KEYS[1] .. ':'
local GENERATION = call('GET', ROOT .. 'gen')
local function stale() return { err = 'STALE the queue must be rebuilt' } end
