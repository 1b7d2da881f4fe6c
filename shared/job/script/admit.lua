-- Remembers a nonce.
-- ARGV[2] nonce  ARGV[3] token: tells our own retry from a replay  ARGV[4] life in ms
-- Returns 1, or 0 when another sender used it before
must()
local key = P .. 'nonce:' .. ARGV[2]
if redis.call('SET', key, ARGV[3], 'NX', 'PX', ARGV[4]) then
  return 1
end
return redis.call('GET', key) == ARGV[3] and 1 or 0
