-- Records what an address has been shown, unless somebody else did since it was read.
-- ARGV[1] job  ARGV[2] address
-- ARGV[3] version, ARGV[4] story and ARGV[5] ref that were read as shown before
-- ARGV[6] what has been shown now, JSON
-- Returns 'gone' | 'moved' (see stale) | 'ok'
local why = stale(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
if why then
  return why
end
redis.call('HSET', watchers(ARGV[1]), ARGV[2], ARGV[6])
return 'ok'
