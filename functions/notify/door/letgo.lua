-- Lets go of an address that a showing had in its hand.
-- ARGV[1] job  ARGV[2] address  ARGV[3] the showing's token
-- Returns 1, or 0 when it is in nobody's or another one's hand
local key = hand(ARGV[1], ARGV[2])
if string.match(redis.call('GET', key) or '', '^(%S+) ') ~= ARGV[3] then
  return 0
end
return redis.call('DEL', key)
