-- Counts a try to log in, unless one of its counters is full or the pause after the last failure is not over.
-- KEYS: the counters, one zset each: a user name's, a source's; members are tries, scores their times in ms
-- ARGV: 1 the try's id, 2 the window in ms, 3 how many failures a window may hold, 4 the first pause in ms, 5 the longest
-- Returns: 0 and how many failures the fullest counter holds, this try left out: the try counts as failed until it is
--          taken back; or the ms to wait before trying again, and 1 if that is a lock-out
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local window, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local wait, locked, fullest = 0, 0, 0
local counted = redis.call('ZSCORE', KEYS[1], ARGV[1]) -- and the answer was lost

for _, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local count = redis.call('ZCARD', key) - (counted and 1 or 0)
  fullest = math.max(fullest, count)
  if not counted and count >= most then
    local oldest = redis.call('ZRANGE', key, count - most, count - most, 'WITHSCORES')
    wait, locked = math.max(wait, tonumber(oldest[2]) + window - now), 1
  elseif not counted and count > 0 then
    local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
    local pause = math.min(tonumber(ARGV[4]) * 2 ^ (count - 1), tonumber(ARGV[5]))
    wait = math.max(wait, math.ceil(tonumber(last[2]) + pause - now))
  end
end
if wait > 0 then return {wait, locked} end

for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[1])
  redis.call('PEXPIRE', key, window)
end
return {0, fullest}
