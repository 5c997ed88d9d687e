-- ARGV: lane, requirement, version of the profiles that eligibility was computed with, agents ...
-- Returns 0 when profiles changed meanwhile: compute again.
if (call('GET', ROOT .. 'pv') or '0') ~= ARGV[3] then return 0 end
if call('HSETNX', ROOT .. 'lanes', ARGV[1], ARGV[2]) == 1 then call('INCR', ROOT .. 'lv') end
for i = 4, #ARGV do call('SADD', ROOT .. 'e:' .. ARGV[i], ARGV[1]) end
return 1
