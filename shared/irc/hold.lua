-- Takes or keeps a network in hand, so that one process at a time is connected to it.
-- KEYS[1] the holder  ARGV[1] me  ARGV[2] for how many ms, or 0 to let go
-- Returns 1 when it is in my hand, or was when I let go; else 0
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
