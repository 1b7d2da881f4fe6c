-- Keeps a change under a name.
-- KEYS[1] hash: the change that counts, and when it was  KEYS[2] list of changes, the newest first  KEYS[3] set of names
-- KEYS[4] zset of names by when they were last written, in ms
-- ARGV[1] the name  ARGV[2] the change, as JSON  ARGV[3] its value  ARGV[4] when it happened, in ms; more than
-- ten minutes ahead of this server's own clock is now
-- ARGV[5] its event, or ''  ARGV[6] how many changes are kept  ARGV[7] how many names there may be
-- ARGV[8] after how many ms a name that nothing was written to makes room for a new one
-- Returns 'changed' | 'older' (it took its place among the changes) | 'same' (nothing was added) | 'full'

-- A source whose clock was ahead must not have what comes after it was set right count as older.
local at, t, ahead = tonumber(ARGV[4]), redis.call('TIME'), 600000
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if at > now + ahead then
  at = now
end
local current = redis.call('HGET', KEYS[1], 'change')
if not current and redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[7]) then
  local oldest = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
  if not oldest[1] or now - tonumber(oldest[2]) < tonumber(ARGV[8]) then
    return 'full'
  end
  redis.call('SREM', KEYS[3], oldest[1])
  redis.call('ZREM', KEYS[4], oldest[1])
  redis.call('DEL', KEYS[3] .. ':' .. oldest[1], KEYS[3] .. ':' .. oldest[1] .. ':changes')
end
redis.call('ZADD', KEYS[4], string.format('%.0f', now), ARGV[1])

-- Its place: before the first that is not newer. The neighbours on both sides must have another value.
local list = redis.call('LRANGE', KEYS[2], 0, -1)
local place, newer
for i, text in ipairs(list) do
  local c = cjson.decode(text)
  if ARGV[5] ~= '' and c.event == ARGV[5] then
    return 'same'
  end
  if not place then
    if tonumber(c.ms) <= at then
      place = i
      if c.value == ARGV[3] then
        return 'same'
      end
    else
      newer = c.value
    end
  end
end
if newer == ARGV[3] then
  return 'same'
end

local kept = string.sub(ARGV[2], 1, -2) .. ',"ms":' .. string.format('%.0f', at) .. '}'
if not place then
  redis.call('RPUSH', KEYS[2], kept)
elseif place == 1 then
  redis.call('LPUSH', KEYS[2], kept)
else
  redis.call('LINSERT', KEYS[2], 'BEFORE', list[place], kept)
end
redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[6]) - 1)
redis.call('SADD', KEYS[3], ARGV[1])
if newer then
  return 'older'
end
redis.call('HSET', KEYS[1], 'change', ARGV[2], 'value', ARGV[3], 'at', string.format('%.0f', at))
return 'changed'
