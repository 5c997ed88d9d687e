-- ARGV: generation. From here until rebuild_finish nothing else is served.
local asked = tonumber(ARGV[1])
local building = redis.call('GET', BUILDING)
if GENERATION and tonumber(GENERATION) > asked then return STALE end
if building and tonumber(building) > asked then return STALE end
redis.call('SET', BUILDING, ARGV[1])
redis.call('SET', ROOT .. 'home', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'))
redis.call('DEL', ROOT .. 'gen')
return 1
