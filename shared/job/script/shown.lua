-- Records what an address has been shown; one that stopped watching stays away.
-- ARGV[2] id  ARGV[3] address  ARGV[4] what, JSON
-- Returns 1, or 0 when the address does not watch
if redis.call('HEXISTS', J(ARGV[2]) .. ':watchers', ARGV[3]) == 0 then
  return 0
end
redis.call('HSET', J(ARGV[2]) .. ':watchers', ARGV[3], ARGV[4])
return 1
