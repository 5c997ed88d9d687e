-- ARGV: ticket, lane, score, cost. Returns 1, or 0 when the lane must be opened first.
if not GENERATION then return stale() end
if call('HEXISTS', ROOT .. 'lanes', ARGV[2]) == 0 then return 0 end
push(ARGV[1], ARGV[2], ARGV[3], ARGV[4])
return 1
