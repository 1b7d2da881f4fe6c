-- Writes down what the clock must know at its next tick, unless another one did so meanwhile.
-- KEYS[1] the memo  KEYS[2] never there: deleting it lets a script write when Redis is full
-- ARGV[1] the memo as it was read, or '' for none  ARGV[2] the new one
-- Returns 1, or 0 when another one wrote
redis.call('DEL', KEYS[2])
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
