-- Says whether a courier may make a call of Slack for an address now, and takes its turn.
-- KEYS[1] the prefix of all keys; all others are computed from it
-- ARGV[1] the time in ms, by the clock of jobs  ARGV[2] job  ARGV[3] address
-- ARGV[4] version, ARGV[5] story and ARGV[6] ref that were read as shown before
-- ARGV[7] the courier's token  ARGV[8] ms for which the address is in its hand then
-- ARGV[9] channel, or ''  ARGV[10] method
-- ARGV[11] lane: 'edit' waits for its channel's and for all edits, 'state' is an edit that does not wait, 'say' is a
--   message that waits for the channel's other ones, 'post' one that may come in a burst, 'ask' is no message
-- ARGV[12] ms between edits of a channel  ARGV[13] ms between messages of a channel  ARGV[14] messages of a burst
-- ARGV[15] edits a minute, of all
-- Returns {'gone'} (the address no longer follows the job) | {'moved'} (shown by another one) | {'busy', ms} (in another
-- one's hand) | {'wait', ms} | {'go'}
local P, now = KEYS[1], tonumber(ARGV[1])
local job, address, channel, method, lane = ARGV[2], ARGV[3], ARGV[9], ARGV[10], ARGV[11]
local hand = P .. 'showing:' .. job .. ':' .. address
local pace = P .. 'pace:slack-channel:' .. channel
local edits = P .. 'pace:slack-edits'
local minute = 60000

local known = redis.call('HGET', P .. 'job:' .. job .. ':watchers', address)
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

local wait = 0
local function after(at)
  wait = math.max(wait, (tonumber(at or 0) or 0) - now)
end
after(redis.call('GET', P .. 'pace:slack-stop:' .. method) or 0)
if channel ~= '' then
  after(redis.call('GET', P .. 'pace:slack-stop:' .. channel) or 0)
end
if lane == 'edit' then
  after((redis.call('HGET', pace, 'edit') or 0) + ARGV[12])
  local most = tonumber(ARGV[15])
  local held = redis.call('ZRANGE', edits, -most, -most, 'WITHSCORES')
  if held[2] then
    after(held[2] + minute)
  end
elseif lane == 'say' then
  after(redis.call('HGET', pace, 'say') or 0)
elseif lane == 'post' then
  after((redis.call('HGET', pace, 'say') or 0) - (ARGV[14] - 1) * ARGV[13])
end
if wait > 0 then
  return {'wait', math.ceil(wait)}
end

redis.call('SET', hand, ARGV[7] .. ' ' .. string.format('%.0f', now + ARGV[8]), 'PX', ARGV[8] * 2)
if lane == 'edit' or lane == 'state' then
  redis.call('HSET', pace, 'edit', now)
  redis.call('PEXPIRE', pace, minute)
  redis.call('ZREMRANGEBYSCORE', edits, '-inf', now - minute)
  redis.call('ZADD', edits, now, job .. ' ' .. address .. ' ' .. ARGV[1])
  redis.call('PEXPIRE', edits, 2 * minute)
elseif lane == 'say' or lane == 'post' then
  local free = math.max(tonumber(redis.call('HGET', pace, 'say') or 0), now) -- from when the next one may come
  redis.call('HSET', pace, 'say', string.format('%.0f', free + ARGV[13]))
  redis.call('PEXPIRE', pace, minute)
end
return {'go'}
