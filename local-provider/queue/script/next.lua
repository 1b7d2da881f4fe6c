-- Records what became of a message, if one is given, and claims the lane's next one, if one is wanted.
-- KEYS  1 message  2 ready list of the lane  3 what the worker has in hand  4 delayed  5 dead
-- ARGV  1 id or ""  2 lane  3 verdict: done, retry, dead or again  4 time: when to retry, or of death, Unix ms
--       5 reason  6 "1" to claim  7 prefix of message keys  8 how many dead ones are kept
-- Returns nothing, or {id, request, tries, repeated} of the claimed message.
if ARGV[1] ~= '' then
  redis.call('HDEL', KEYS[3], ARGV[1])
  if ARGV[3] == 'done' then
    redis.call('DEL', KEYS[1])
  elseif redis.call('EXISTS', KEYS[1]) == 1 then
    if ARGV[3] == 'retry' then
      redis.call('HSET', KEYS[1], 'reason', ARGV[5])
      redis.call('ZADD', KEYS[4], ARGV[4], ARGV[1])
    elseif ARGV[3] == 'dead' then
      redis.call('HSET', KEYS[1], 'reason', ARGV[5], 'died', ARGV[4])
      redis.call('ZADD', KEYS[5], ARGV[4], ARGV[1])
      for _, oldest in ipairs(redis.call('ZRANGE', KEYS[5], 0, -ARGV[8] - 1)) do
        redis.call('DEL', ARGV[7] .. oldest)
        redis.call('ZREM', KEYS[5], oldest)
      end
    else
      redis.call('HSET', KEYS[1], 'repeated', 1)
      redis.call('RPUSH', KEYS[2], ARGV[1])
    end
  end
end
if ARGV[6] ~= '1' then
  return false
end
while true do
  local id = redis.call('LPOP', KEYS[2])
  if not id then
    return false
  end
  local message = ARGV[7] .. id
  local request = redis.call('HGET', message, 'request')
  if request then
    redis.call('HSET', KEYS[3], id, ARGV[2])
    local tries = redis.call('HINCRBY', message, 'tries', 1)
    return {id, request, tostring(tries), redis.call('HGET', message, 'repeated') or ''}
  end
end
