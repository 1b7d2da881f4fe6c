-- Accepts a message, and claims it at once when the caller has a free place for it. The same again, after an answer that was
-- lost, changes nothing.
-- KEYS  1 message  2 ready list of the lane  3 lanes  4 what the worker has in hand
-- ARGV  1 id  2 lane  3 request  4 "1" to claim  5 longest ready list
-- Returns 1, or 0 when the lane is full.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 1
end
if ARGV[4] ~= '1' and redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[5]) then
  return 0
end
redis.call('SADD', KEYS[3], ARGV[2])
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'lane', ARGV[2], 'request', ARGV[3], 'tries', 1)
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[2])
else
  redis.call('HSET', KEYS[1], 'lane', ARGV[2], 'request', ARGV[3], 'tries', 0)
  redis.call('RPUSH', KEYS[2], ARGV[1])
end
return 1
