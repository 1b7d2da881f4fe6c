-- Takes an address of a job in hand, or keeps it there: one showing at a time writes outside for it.
-- KEYS[1] the prefix of all keys; all others are computed from it
-- ARGV[1] the time in ms, by the clock of jobs  ARGV[2] job  ARGV[3] address
-- ARGV[4] version, ARGV[5] story and ARGV[6] ref that were read as shown before
-- ARGV[7] the showing's token  ARGV[8] ms for which the address is in its hand then
-- Returns {'gone'} (the address no longer follows the job) | {'moved'} (shown by another one) | {'busy', ms} (in another
-- one's hand) | {'ok'}
local P, now = KEYS[1], tonumber(ARGV[1])
local hand = P .. 'showing:' .. ARGV[2] .. ':' .. ARGV[3]
local known = redis.call('HGET', P .. 'job:' .. ARGV[2] .. ':watchers', ARGV[3])
if not known then
  return {'gone'}
end
local before = cjson.decode(known)
if (before.version or 0) ~= tonumber(ARGV[4]) or (before.story or '') ~= ARGV[5] or (before.ref or '') ~= ARGV[6] then
  return {'moved'}
end
local holder, till = string.match(redis.call('GET', hand) or '', '^(%S+) (%d+)$')
if holder and holder ~= ARGV[7] and tonumber(till) > now then
  return {'busy', tonumber(till) - now}
end
redis.call('SET', hand, ARGV[7] .. ' ' .. string.format('%.0f', now + ARGV[8]), 'PX', ARGV[8] * 2)
return {'ok'}
