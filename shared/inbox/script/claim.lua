-- Takes deliveries up that are due, the longest waiting first.
-- ARGV[2] how many at most  ARGV[3] ms for which a claim holds, twice as long after each death in a row: a claim lapses also
-- when a slow Redis answered it too late, and then nothing died  ARGV[4] how many bytes of bodies together, but for the first
-- Returns {now, ms until the next one is due or -1, claims}; a claim is
-- {number, fence, id, kind, body, received, since, attempts before, deaths of workers in a row, note or ''}
must()
local claims, total = {}, 0
for _, n in ipairs(redis.call('ZRANGEBYSCORE', B .. 'due', '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local item = redis.call('HMGET', I(n), 'size', 'held', 'id', 'kind', 'received', 'since', 'note')
  local size = tonumber(item[1])
  if #claims > 0 and total + size > tonumber(ARGV[4]) then
    break
  end
  total = total + size
  local lapses = redis.call('HINCRBY', I(n), 'lapses', item[2] == '1' and 1 or 0)
  local fence = redis.call('HINCRBY', I(n), 'fence', 1)
  local attempts = redis.call('HINCRBY', I(n), 'attempts', 1)
  redis.call('HSET', I(n), 'held', 1)
  due(n, now + tonumber(ARGV[3]) * 2 ^ math.min(lapses, 6))
  claims[#claims + 1] = {
    tonumber(n), fence, item[3], item[4], redis.call('HGET', I(n), 'body'), tonumber(item[5]), tonumber(item[6]), attempts - 1, lapses, item[7] or '',
  }
end
local next = redis.call('ZRANGE', B .. 'due', 0, 0, 'WITHSCORES')
return {now, next[2] and math.max(0, tonumber(next[2]) - now) or -1, claims}
