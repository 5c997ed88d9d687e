-- ARGV: generation, most tickets to clear. Returns 1 when all is clear, 0 when more is left.
-- Profiles, presence and the epoch stay.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return stale() end
local left = tonumber(ARGV[2])
for _, lane in ipairs(call('HKEYS', ROOT .. 'lanes')) do
  local tickets = call('ZRANGE', ROOT .. 'l:' .. lane, 0, left - 1)
  for _, ticket in ipairs(tickets) do call('DEL', ROOT .. 't:' .. ticket) end
  left = left - #tickets
  if left <= 0 then
    call('ZREMRANGEBYRANK', ROOT .. 'l:' .. lane, 0, #tickets - 1)
    return 0
  end
  call('DEL', ROOT .. 'l:' .. lane)
  call('HDEL', ROOT .. 'lanes', lane)
end
for _, agent in ipairs(call('SMEMBERS', ROOT .. 'ag')) do
  for _, ticket in ipairs(call('HKEYS', ROOT .. 'at:' .. agent)) do
    call('DEL', ROOT .. 't:' .. ticket)
  end
  call('DEL', ROOT .. 'at:' .. agent, ROOT .. 'e:' .. agent)
end
call('DEL', ROOT .. 'heads', ROOT .. 'lanes', ROOT .. 'rv')
call('INCR', ROOT .. 'lv')
return 1
