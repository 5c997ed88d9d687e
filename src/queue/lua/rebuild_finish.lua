-- ARGV: generation. Opens the queue.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return stale() end
call('SET', ROOT .. 'gen', ARGV[1])
call('DEL', ROOT .. 'building')
return 1
