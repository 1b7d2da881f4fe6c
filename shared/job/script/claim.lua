-- Claims jobs that have something to show, the longest waiting first.
-- ARGV[2] how many at most  ARGV[3] ms for which a claim hides them from others
-- Returns ids
local ids = redis.call('ZRANGEBYSCORE', P .. 'notify', '-inf', now, 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  redis.call('ZADD', P .. 'notify', now + tonumber(ARGV[3]), id)
end
return ids
