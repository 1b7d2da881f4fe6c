-- Writes down how far the events of a server were accepted.
-- KEYS[1] what begins its keys
-- ARGV[1] the cursor in ms, or 0 to leave it; it never goes back  ARGV[2] how many events  ARGV[3] now in ms
-- ARGV[4] names older than the cursor by so many ms are forgotten  ARGV[5] how many names are kept
-- ARGV[6] how many pairs of a name and the time of its event in ms follow; after them, in pairs: a branch, where it is or ''
-- Returns the cursor, or 0 when there is none
local B = KEYS[1]
-- A script that has begun with a command which takes no memory may go on with any, also when Redis is full.
redis.call('DEL', B .. 'room')

local last = 6 + 2 * tonumber(ARGV[6])
local most, recent = 1000, {} -- words in one command: Lua's stack has room for 8,000
for i = 7, last, 2 do
  recent[#recent + 1] = ARGV[i + 1]
  recent[#recent + 1] = ARGV[i]
  if #recent == most or i == last - 1 then
    redis.call('ZADD', B .. 'recent', unpack(recent))
    recent = {}
  end
end
for i = last + 1, #ARGV, 2 do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', B .. 'heads', ARGV[i])
  else
    redis.call('HSET', B .. 'heads', ARGV[i], ARGV[i + 1])
  end
end
local cursor = tonumber(redis.call('GET', B .. 'cursor') or 0)
if tonumber(ARGV[1]) > cursor then
  cursor = tonumber(ARGV[1])
  redis.call('SET', B .. 'cursor', ARGV[1])
end
if cursor > 0 then
  redis.call('ZREMRANGEBYSCORE', B .. 'recent', '-inf', string.format('(%.0f', cursor - tonumber(ARGV[4])))
end
redis.call('ZREMRANGEBYRANK', B .. 'recent', 0, -1 - tonumber(ARGV[5]))
redis.call('HSET', B .. 'state', 'heard', ARGV[3], 'last', string.format('%.0f', cursor))
if tonumber(ARGV[2]) > 0 then
  redis.call('HINCRBY', B .. 'state', 'events', ARGV[2])
end
return cursor
