-- ARGV: agent, ticket, 'kept' or 'ignored' limits, now, expires. Returns the answer as text.
if not GENERATION then return stale() end
local agent, ticket, expires = ARGV[1], ARGV[2], ARGV[5]
local key, load = ROOT .. 't:' .. ticket, load_of(agent)
local found = call('HMGET', key, 'o', 'lane', 'score', 'cost')
if ARGV[3] == 'kept' then
  if presence_of(agent, ARGV[4]) ~= 'online' then return 'absent' end
  local capacity = tonumber(call('HGET', ROOT .. 'a:' .. agent, 'capacity') or nil)
  if not capacity then return 'absent' end
  if not found[2] or call('SISMEMBER', ROOT .. 'e:' .. agent, found[2]) == 0 then return 'empty' end
  if not found[1] and load + found[4] > capacity then return 'full' end
end
if found[1] or not found[2] then return 'empty' end
local epoch = string.format('%.0f', call('INCR', ROOT .. 'ep'))
leave_lane(ticket, found[2])
call('HSET', key, 'o', agent .. '|' .. GENERATION .. '|' .. epoch)
call('HSET', ROOT .. 'at:' .. agent, ticket, found[4])
call('ZADD', ROOT .. 'rv', expires, ticket)
call('SADD', ROOT .. 'ag', agent)
return table.concat(
  { 'reserved', ticket, GENERATION, epoch, found[3], string.format('%.0f', load), expires }, '|')
