-- Returns the generation, or nil.
return call('GET', ROOT .. 'gen')
