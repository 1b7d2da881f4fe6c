-- Gives back what a worker claimed and never heard of: first in line, because it was first before.
-- KEYS  1 what the worker has in hand
-- ARGV  1 prefix of ready lists, then the ids
-- Returns how many were given back.
local n = 0
for i = 2, #ARGV do
  local lane = redis.call('HGET', KEYS[1], ARGV[i])
  if lane then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('LPUSH', ARGV[1] .. lane, ARGV[i])
    n = n + 1
  end
end
return n
