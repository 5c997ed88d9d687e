-- Returns 1 when this server is still the process that the queue was last built on.
if redis.call('GET', ROOT .. 'home') == string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
  return 1
end
return 0
