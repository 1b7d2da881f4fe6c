-- Records what an address has been shown, unless somebody else did since it was read.
-- KEYS[1] the prefix of all keys; the job's watchers are computed from it
-- ARGV[1] job  ARGV[2] address
-- ARGV[3] version, ARGV[4] story and ARGV[5] ref that were read as shown before
-- ARGV[6] what has been shown now, JSON
-- Returns 'gone' (the address no longer follows the job) | 'moved' (shown by another one) | 'ok'
local watchers = KEYS[1] .. 'job:' .. ARGV[1] .. ':watchers'
local known = redis.call('HGET', watchers, ARGV[2])
if not known then
  return 'gone'
end
local before = cjson.decode(known)
if (before.version or 0) ~= tonumber(ARGV[3]) or (before.story or '') ~= ARGV[4] or (before.ref or '') ~= ARGV[5] then
  return 'moved'
end
redis.call('HSET', watchers, ARGV[2], ARGV[6])
return 'ok'
