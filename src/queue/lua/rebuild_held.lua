-- ARGV: generation, then ticket, agent, the rest of its record for each.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return { err = STALE } end
for i = 2, #ARGV, 3 do
  local ticket, agent, record = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key, desk = ROOT .. 't:' .. ticket, ROOT .. 'a:' .. agent
  if call('EXISTS', key) == 1 then
    local before, state, at = holder_of(ticket)
    if before then call('SET', ROOT .. 'a:' .. before, without(state, at)) end
  end
  call('SET', desk, (call('GET', desk) or STRANGER) .. record)
  call('SET', key, '----' .. sub(record, 61, 90))
  call('SADD', ROOT .. 'ag', agent)
  local epoch = sub(record, 45, 60)
  if tonumber(call('GET', ROOT .. 'epoch') or '0') < tonumber(epoch) then
    call('SET', ROOT .. 'epoch', epoch)
  end
end
return 1
