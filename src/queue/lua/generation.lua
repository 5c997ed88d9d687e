-- Returns the generation, or nil.
return GENERATION
