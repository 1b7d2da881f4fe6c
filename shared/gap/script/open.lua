-- Enters a gap, or extends the one that is there.
-- ARGV[1] id  ARGV[2] source  ARGV[3] scope  ARGV[4] why  ARGV[5] from  ARGV[6] to, or 0 when it is not known; ms
-- Returns 'new' | 'open' | 'closed' (and stays so: it does not go on beyond its end)
local id, to = ARGV[1], tonumber(ARGV[6])
local item = redis.call('HMGET', I(id), 'from', 'to', 'closed')
local known = tonumber(item[2] or 0)
if item[3] and to ~= 0 and to <= known then
  return 'closed'
end
if item[3] then
  redis.call('HDEL', I(id), 'closed', 'how')
  redis.call('ZREM', B .. 'closed', id)
  known = 0
end
redis.call('HSET', I(id), 'source', ARGV[2], 'scope', ARGV[3], 'to', math.max(to, known), 'from', item[1] or ARGV[5])
if ARGV[4] ~= '' then
  redis.call('HSET', I(id), 'why', ARGV[4])
end
redis.call('ZADD', B .. 'open', item[1] or ARGV[5], id)
return item[1] and 'open' or 'new'
