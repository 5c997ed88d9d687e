-- ARGV: generation. From here until rebuild_finish nothing else is served.
local asked = tonumber(ARGV[1])
for _, key in ipairs({ 'gen', 'building' }) do
  local other = call('GET', ROOT .. key)
  if other and tonumber(other) > asked then return stale() end
end
call('SET', ROOT .. 'building', ARGV[1])
call('SET', ROOT .. 'home', string.match(call('INFO', 'server'), 'run_id:(%x+)'))
call('DEL', ROOT .. 'gen')
return 1
