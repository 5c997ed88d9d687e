-- ARGV: ticket, agent, generation, epoch, now, end of the skip.
if not GENERATION then return STALE end
local ticket, agent, now, skip = ARGV[1], ARGV[2], tonumber(ARGV[5]), ARGV[6]
if not state_if_mine(ticket, agent, ARGV[3], ARGV[4]) then return 0 end
local key = ticket_key(ticket)
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  local skipped = string.sub(fields[i], 1, 2) == 'x:'
  if skipped and (fields[i] == 'x:' .. agent or tonumber(fields[i + 1]) <= now) then
    redis.call('HDEL', key, fields[i])
  end
end
if tonumber(skip) > now then redis.call('HSET', key, 'x:' .. agent, skip) end
give_back(ticket)
return 1
