-- ARGV: now, agent, profile, capacity, version of the lanes that eligibility was computed with, a 1
-- for each lane that may be served and a 0 for each other. Returns 0 when lanes were opened
-- meanwhile: compute again.
local agent, able = ARGV[2], ARGV[6]
local desk, own = ROOT .. 'a:' .. agent, ROOT .. 's:' .. agent
if (call('GET', ROOT .. 'lv') or '0') ~= ARGV[5] then return 0 end
if call('HGET', ROOT .. 'profiles', agent) ~= ARGV[3] then call('INCR', ROOT .. 'pv') end
call('HSET', ROOT .. 'profiles', agent, ARGV[3])
call('SADD', ROOT .. 'ag', agent)
local state = call('GET', desk) or STRANGER
local since = sub(state, 40, 53)
if since == NONE then since = instant(now) end
call('SET', desk, sub(state, 1, 14) .. ARGV[4] .. sub(state, 25, 39) .. since .. sub(state, 54))
call('SET', ROOT .. 'e:' .. agent, able)
call('DEL', own)
local lane = string.find(able, '1', 1, true)
while lane do
  call('SADD', own, string.format('%04d', lane))
  lane = string.find(able, '1', lane + 1, true)
end
return 1
