-- Counts that a rule acts for a subject, unless it did so too often of late. An event counts once.
-- KEYS[1] zset: events, by when the rule acted for them
-- ARGV[1] event  ARGV[2] ms in which  ARGV[3] so many may be
-- Returns 1 when it may act, 0 when it must not
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 1
end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
