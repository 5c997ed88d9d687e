-- ARGV: generation, most tickets to clear. Returns 1 when all is clear, 0 when more is left.
-- Profiles, presence and the epoch stay.
if redis.call('GET', BUILDING) ~= ARGV[1] then return STALE end
local left = tonumber(ARGV[2])
for _, lane in ipairs(redis.call('HKEYS', LANES)) do
  local tickets = redis.call('ZRANGE', lane_key(lane), 0, left - 1)
  for _, ticket in ipairs(tickets) do redis.call('DEL', ticket_key(ticket)) end
  left = left - #tickets
  if left <= 0 then
    redis.call('ZREMRANGEBYRANK', lane_key(lane), 0, #tickets - 1)
    return 0
  end
  redis.call('DEL', lane_key(lane))
  redis.call('HDEL', LANES, lane)
end
for _, agent in ipairs(redis.call('SMEMBERS', AGENTS)) do
  for _, ticket in ipairs(redis.call('HKEYS', held_key(agent))) do
    redis.call('DEL', ticket_key(ticket))
  end
  redis.call('DEL', held_key(agent), eligible_key(agent))
end
redis.call('DEL', HEADS, LANES, RESERVED)
redis.call('INCR', LANES_VERSION)
return 1
