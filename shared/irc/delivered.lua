-- Moves the cursor of an address on, and takes the address off the waiting ones when nothing comes behind the cursor.
-- KEYS[1] the outbox  KEYS[2] the network's waiting addresses  KEYS[3] the cursor
-- ARGV[1] address  ARGV[2] the entry up to which all was delivered, or '' to leave the cursor where it is
-- ARGV[3] for how many ms the cursor is kept
-- Returns 1 when nothing waits there any more, else 0
local cursor = ARGV[2]
if cursor ~= '' then
  redis.call('SET', KEYS[3], cursor, 'PX', ARGV[3])
else
  cursor = redis.call('GET', KEYS[3]) or '0-0'
end
if #redis.call('XRANGE', KEYS[1], '(' .. cursor, '+', 'COUNT', 1) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return 1
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], 'XX', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), ARGV[1])
return 0
