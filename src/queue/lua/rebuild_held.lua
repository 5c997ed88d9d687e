-- ARGV: generation, then ticket, agent, the rest of its record for each.
if call('GET', ROOT .. 'building') ~= ARGV[1] then return { err = STALE } end
for i = 2, #ARGV, 3 do
  local ticket, agent, record = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key, desk = ROOT .. 't:' .. ticket, ROOT .. 'a:' .. agent
  local before = call('GET', key)
  local owner = ROOT .. 'a:' .. sub(before or '', 5)
  local state = call('GET', owner)
  local at = state and find(state, ticket)
  if at then call('SET', owner, without(state, at)) end
  call('SET', desk, (call('GET', desk) or STRANGER) .. record)
  call('SET', key, '----' .. agent)
  call('SADD', ROOT .. 'ag', agent)
  local epoch = sub(record, 45, 60)
  if tonumber(call('GET', ROOT .. 'epoch') or '0') < tonumber(epoch) then
    call('SET', ROOT .. 'epoch', epoch)
  end
end
return 1
