-- Lets go of an address that a courier had in its hand.
-- KEYS[1] the prefix of all keys  ARGV[1] job  ARGV[2] address  ARGV[3] the courier's token
-- Returns 1, or 0 when it is in nobody's or another one's hand
local hand = KEYS[1] .. 'showing:' .. ARGV[1] .. ':' .. ARGV[2]
if string.match(redis.call('GET', hand) or '', '^(%S+) ') ~= ARGV[3] then
  return 0
end
return redis.call('DEL', hand)
