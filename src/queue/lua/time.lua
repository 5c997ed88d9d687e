-- ARGV[1] is the instant to act at, or empty: then it is the server's own.
local now = tonumber(ARGV[1])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
