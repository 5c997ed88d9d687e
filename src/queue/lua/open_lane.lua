-- ARGV: lane, requirement, version of the profiles that eligibility was computed with, agents ...
-- Returns 0 when profiles changed meanwhile: compute again.
if (redis.call('GET', PROFILES_VERSION) or '0') ~= ARGV[3] then return 0 end
if redis.call('HSETNX', LANES, ARGV[1], ARGV[2]) == 1 then redis.call('INCR', LANES_VERSION) end
for i = 4, #ARGV do redis.call('SADD', eligible_key(ARGV[i]), ARGV[1]) end
return 1
