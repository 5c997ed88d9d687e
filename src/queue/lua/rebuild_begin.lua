-- ARGV: generation. From here until rebuild_finish nothing else is served. The epoch is kept aside.
local asked, time = tonumber(ARGV[1]), call('GET', ROOT .. 'clock')
local building = call('GET', ROOT .. 'building')
if time and tonumber(sub(time, 1, 12)) > asked then return { err = STALE } end
if building and tonumber(building) > asked then return { err = STALE } end
call('SET', ROOT .. 'building', ARGV[1])
call('SET', ROOT .. 'home', string.match(call('INFO', 'server'), 'run_id:(%x+)'))
if time then
  call('SET', ROOT .. 'epoch', sub(time, 13))
  call('DEL', ROOT .. 'clock')
end
return 1
