-- Makes delayed messages ready whose time has come.
-- KEYS  1 delayed
-- ARGV  1 now, Unix ms  2 prefix of message keys  3 prefix of ready lists  4 how many at most
-- Returns {time of the next delayed message or "", lane, lane, …} with the lanes that got something.
local lanes = {''}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])) do
  local lane = redis.call('HGET', ARGV[2] .. id, 'lane')
  if lane then
    redis.call('RPUSH', ARGV[3] .. lane, id)
    lanes[#lanes + 1] = lane
  end
  redis.call('ZREM', KEYS[1], id)
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if first[2] then
  lanes[1] = first[2]
end
return lanes
