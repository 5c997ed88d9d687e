-- ARGV: digest, requirement, most lanes, version of the profiles that eligibility was computed with,
-- agents who may serve it ... Returns 1; 0 when profiles changed meanwhile: compute again; 2 when
-- there are too many lanes.
if (call('GET', ROOT .. 'pv') or '0') ~= ARGV[4] then return 0 end
if call('EXISTS', ROOT .. 'n:' .. ARGV[1]) == 1 then return 1 end
local count = call('HLEN', ROOT .. 'lanes')
if count >= tonumber(ARGV[3]) then return 2 end
local lane = string.format('%04d', count + 1)
call('SET', ROOT .. 'n:' .. ARGV[1], lane)
call('HSET', ROOT .. 'lanes', lane, ARGV[1] .. ARGV[2])
call('INCR', ROOT .. 'lv')
for i = 5, #ARGV do
  call('SETRANGE', ROOT .. 'e:' .. ARGV[i], count, '1')
  call('SADD', ROOT .. 's:' .. ARGV[i], lane)
end
return 1
