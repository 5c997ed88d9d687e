-- ARGV: generation. Opens the queue.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return { err = STALE } end
call('SET', ROOT .. 'clock', ARGV[1] .. (call('GET', ROOT .. 'epoch') or '0000000000000000'))
call('DEL', ROOT .. 'building', ROOT .. 'epoch')
return 1
