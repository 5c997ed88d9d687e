-- ARGV: ticket, what `o` must say, agent, now, end of the skip.
if not GENERATION then return stale() end
local ticket, agent, now, skip = ARGV[1], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local key = ROOT .. 't:' .. ticket
if call('HGET', key, 'o') ~= ARGV[2] then return 0 end
local fields = call('HGETALL', key)
for i = 1, #fields, 2 do
  local skipped = string.sub(fields[i], 1, 2) == 'x:'
  if skipped and (fields[i] == 'x:' .. agent or tonumber(fields[i + 1]) <= now) then
    call('HDEL', key, fields[i])
  end
end
if tonumber(skip) > now then call('HSET', key, 'x:' .. agent, skip) end
give_back(ticket)
return 1
