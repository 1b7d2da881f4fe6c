-- Gives back what a worker that died had in hand: first in line, because it was first before.
-- KEYS  1 what the worker has in hand  2 workers
-- ARGV  1 worker  2 prefix of ready lists
-- Returns the lanes that got something.
local lanes = {}
local held = redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  redis.call('LPUSH', ARGV[2] .. held[i + 1], held[i])
  lanes[#lanes + 1] = held[i + 1]
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return lanes
