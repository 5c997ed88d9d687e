-- ARGV: agent, profile, capacity, now, version of the lanes that eligibility was computed with,
-- lanes ... Returns 0 when lanes were opened meanwhile: compute again.
local agent = ARGV[1]
if (call('GET', ROOT .. 'lv') or '0') ~= ARGV[5] then return 0 end
if call('HGET', ROOT .. 'profiles', agent) ~= ARGV[2] then call('INCR', ROOT .. 'pv') end
call('HSET', ROOT .. 'profiles', agent, ARGV[2])
call('SADD', ROOT .. 'ag', agent)
if call('HSETNX', ROOT .. 'a:' .. agent, 'presence', 'offline') == 1 then
  call('HSET', ROOT .. 'a:' .. agent, 'since', ARGV[4], 'until', ARGV[4])
end
call('HSET', ROOT .. 'a:' .. agent, 'capacity', ARGV[3])
call('DEL', ROOT .. 'e:' .. agent)
for i = 6, #ARGV do call('SADD', ROOT .. 'e:' .. agent, ARGV[i]) end
return 1
