-- ARGV: generation, most tickets to clear. Returns 1 when all is clear, 0 when more is left.
-- Profiles, presence and the epoch stay.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return { err = STALE } end
local left = tonumber(ARGV[2])
for _, lane in ipairs(call('HKEYS', ROOT .. 'lanes')) do
  local members = call('ZRANGE', ROOT .. 'l:' .. lane, 0, left - 1)
  for _, member in ipairs(members) do call('DEL', ROOT .. 't:' .. sub(member, 1, 16)) end
  left = left - #members
  if left <= 0 then
    call('ZREMRANGEBYRANK', ROOT .. 'l:' .. lane, 0, #members - 1)
    return 0
  end
  call('DEL', ROOT .. 'l:' .. lane, ROOT .. 'n:' .. sub(call('HGET', ROOT .. 'lanes', lane), 1, 16))
  call('HDEL', ROOT .. 'lanes', lane)
end
for _, agent in ipairs(call('SMEMBERS', ROOT .. 'ag')) do
  local desk = ROOT .. 'a:' .. agent
  local state = call('GET', desk)
  if state then
    for at = HEAD + 1, #state, RECORD do
      call('DEL', ROOT .. 't:' .. sub(state, at + 16, at + 31))
    end
    call('SET', desk, sub(state, 1, 24) .. NONE .. sub(state, 39, 53) .. NONE)
  end
  call('DEL', ROOT .. 'e:' .. agent, ROOT .. 's:' .. agent, ROOT .. 'x:' .. agent)
end
call('DEL', ROOT .. 'heads', ROOT .. 'lanes', ROOT .. 'rv')
call('INCR', ROOT .. 'lv')
return 1
