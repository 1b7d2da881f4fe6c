-- Gives a claim back.
-- ARGV[2] id  ARGV[3] the version that was shown  ARGV[4] ms after which to show again, or 0
-- Returns 1 when there is more to show
local id = ARGV[2]
local again = tonumber(ARGV[4])
if again > 0 then
  redis.call('ZADD', P .. 'notify', now + again, id)
  return 1
end
if (tonumber(get(id, 'version')) or 0) > tonumber(ARGV[3]) then
  redis.call('ZADD', P .. 'notify', now, id)
  return 1
end
redis.call('ZREM', P .. 'notify', id)
return 0
