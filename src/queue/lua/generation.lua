-- Returns the generation, or nil.
local time = call('GET', ROOT .. 'clock')
return time and sub(time, 1, 12)
