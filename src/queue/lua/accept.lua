-- ARGV: ticket, what `o` must say, now. Returns 1 when the agent holds it, else 0.
if not GENERATION then return stale() end
if call('HGET', ROOT .. 't:' .. ARGV[1], 'o') ~= ARGV[2] then return 0 end
local expires = call('ZSCORE', ROOT .. 'rv', ARGV[1])
if not expires then return 1 end
if tonumber(expires) <= tonumber(ARGV[3]) then return 0 end
return call('ZREM', ROOT .. 'rv', ARGV[1])
