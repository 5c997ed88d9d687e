-- ARGV: generation. Opens the queue.
if redis.call('GET', BUILDING) ~= ARGV[1] then return STALE end
redis.call('SET', ROOT .. 'gen', ARGV[1])
redis.call('DEL', BUILDING)
return 1
