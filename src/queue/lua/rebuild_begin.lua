-- ARGV: generation. From here until rebuild_finish nothing else is served.
local asked = tonumber(ARGV[1])
local building = call('GET', ROOT .. 'building')
if GENERATION and tonumber(GENERATION) > asked then return stale() end
if building and tonumber(building) > asked then return stale() end
call('SET', ROOT .. 'building', ARGV[1])
call('DEL', ROOT .. 'gen')
return 1
