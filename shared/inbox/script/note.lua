-- Saves what has been done of a delivery.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] note
-- Returns 'ok' | 'lost' | 'gone'
must()
local held = holds(ARGV[2], ARGV[3])
if held == 'ok' then
  redis.call('HSET', I(ARGV[2]), 'note', ARGV[4])
end
return held
