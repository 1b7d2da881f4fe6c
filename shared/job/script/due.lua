-- Hands out jobs that somebody must look at now.
-- ARGV[2] how many at most  ARGV[3] ms after which the same job is handed out again
-- Returns nudges
must()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', now, 'LIMIT', 0, ARGV[2])) do
  due(id, now + tonumber(ARGV[3]))
  nudge(id, get(id, 'function'))
end
return nudges
