-- Appends to an address' outbox and records what the address has been shown, in one act.
-- KEYS[1] the prefix of all keys; the job's watchers and the outbox are computed from it
-- ARGV[1] job  ARGV[2] address
-- ARGV[3] version, ARGV[4] story and ARGV[5] ref that were read as shown before; nothing is done if that is no longer so
-- ARGV[6] what has been shown then, JSON  ARGV[7] its ref, which gets the id of the new progress entry in front
-- ARGV[8] the earlier progress entry, deleted now, or ''
-- ARGV[9] how many entries an outbox keeps  ARGV[10] for how many ms
-- ARGV[11] how many entries follow, then each one's kind, text, state, percent and version
-- Returns {'gone'} (the address no longer follows the job) | {'moved'} (shown by another one) | {'ok', ref}
local watchers = KEYS[1] .. 'job:' .. ARGV[1] .. ':watchers'
local outbox = KEYS[1] .. 'outbox:' .. ARGV[2]
local known = redis.call('HGET', watchers, ARGV[2])
if not known then
  return {'gone'}
end
local before = cjson.decode(known)
if (before.version or 0) ~= tonumber(ARGV[3]) or (before.story or '') ~= ARGV[4] or (before.ref or '') ~= ARGV[5] then
  return {'moved'}
end
if ARGV[8] ~= '' then
  redis.call('XDEL', outbox, ARGV[8])
end
local progress = '-'
for i = 12, 11 + 5 * tonumber(ARGV[11]), 5 do
  local id = redis.call('XADD', outbox, 'MAXLEN', '=', ARGV[9], '*', 'job', ARGV[1], 'kind', ARGV[i], 'text', ARGV[i + 1],
    'state', ARGV[i + 2], 'percent', ARGV[i + 3], 'version', ARGV[i + 4])
  if ARGV[i] == 'progress' then
    progress = id
  end
end
local time = redis.call('TIME')
local oldest = time[1] * 1000 - tonumber(ARGV[10])
if oldest > 0 then
  redis.call('XTRIM', outbox, 'MINID', '=', string.format('%.0f', oldest))
end
redis.call('PEXPIRE', outbox, ARGV[10])
local after = cjson.decode(ARGV[6])
after.ref = progress .. ' ' .. ARGV[7]
redis.call('HSET', watchers, ARGV[2], cjson.encode(after))
return {'ok', after.ref}
