-- Saves what has been done of a delivery.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] note
-- Returns 'ok' | 'lost' | 'gone'
must()
local n, hand = ARGV[2], redis.call('HGET', B .. 'hands', ARGV[2])
local held = standing(hand, ARGV[3])
if held == 'ok' then
  local it = open(hand)
  it.noted = #ARGV[4]
  save(n, it)
  set(NOTE .. n, ARGV[4])
  settle()
end
return held
