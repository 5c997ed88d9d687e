-- Shared by all scripts. KEYS[1] is the root, such as {sportello}:2: every key begins with it, so all
-- live in one slot. Identifiers are 16 raw bytes; numbers that are kept are decimal and of a fixed
-- width, so that a part is cut out by its position. `clock`, `t:` and `a:` are plain strings: one MGET
-- reads what a script needs, one MSET writes what it changed.
local call, ROOT, sub = redis.call, KEYS[1], string.sub
local STALE = 'STALE the queue must be rebuilt'
