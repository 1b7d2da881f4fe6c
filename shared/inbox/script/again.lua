-- Gives a claim back.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] ms after which the delivery is due again
-- Returns 'ok' | 'lost' | 'gone'
must()
local n = ARGV[2]
local held = holds(n, ARGV[3])
if held == 'ok' then
  redis.call('HSET', I(n), 'held', 0, 'lapses', 0)
  due(n, now + tonumber(ARGV[4]))
end
return held
