-- Takes a message off the dead letters: back into its lane with all its tries, or away for good.
-- KEYS  1 message  2 dead  3 wake
-- ARGV  1 id  2 prefix of ready lists  3 "replay" or "drop"
-- Returns 1, or 0 when it is not among the dead letters.
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then
  return 0
end
local lane = redis.call('HGET', KEYS[1], 'lane')
if ARGV[3] == 'drop' or not lane then
  redis.call('DEL', KEYS[1])
  return 1
end
redis.call('HSET', KEYS[1], 'tries', 0)
redis.call('HDEL', KEYS[1], 'reason', 'died')
redis.call('RPUSH', ARGV[2] .. lane, ARGV[1])
redis.call('RPUSH', KEYS[3], lane)
return 1
