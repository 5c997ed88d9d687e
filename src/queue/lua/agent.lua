-- What is known of an agent.

-- The sum of costs that an agent holds or has reserved. The same hash keeps answers, as `q`.
local function load_of(agent)
  local load, held = 0, call('HGETALL', ROOT .. 'at:' .. agent)
  for i = 1, #held, 2 do
    if held[i] ~= 'q' then load = load + held[i + 1] end
  end
  return load
end

-- An agent's presence and its start at `now`: a lease that ran out is an absence since then.
local function presence_of(agent, now)
  local found = call('HMGET', ROOT .. 'a:' .. agent, 'presence', 'since', 'until')
  if not found[1] then return nil end
  if found[1] ~= 'offline' and tonumber(found[3]) <= tonumber(now) then
    return 'offline', found[3]
  end
  return found[1], found[2]
end
