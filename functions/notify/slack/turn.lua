-- Says whether a courier may make a call of Slack for an address now, and takes its turn.
-- ARGV[1] the time in ms, by the clock of jobs  ARGV[2] job  ARGV[3] address
-- ARGV[4] version, ARGV[5] story and ARGV[6] ref that were read as shown before
-- ARGV[7] the courier's token  ARGV[8] ms for which the address is in its hand then
-- ARGV[9] channel, or ''  ARGV[10] method
-- ARGV[11] lane: 'edit' waits for its channel's and for all edits, 'state' is an edit that does not wait, 'say' is a
--   message that waits for the channel's other ones, 'post' one that may come in a burst, 'ask' is no message
-- Who must wait to say or to post gets a place in line, and is told to come back when it is reached: however many wait,
-- each asks about twice, and the first to ask is the first to go. A place that nobody comes for passes by itself.
-- Who must wait to edit comes back the later the more do: the latest state is as good then.
-- ARGV[12] ms between edits of a channel  ARGV[13] ms between messages of a channel  ARGV[14] messages of a burst
-- ARGV[15] edits a minute, of all
-- Returns {'gone'} | {'moved'} (see stale of door/shown.lua) | {'busy', ms} (in another one's hand) | {'wait', ms} | {'go'}
local now, token = tonumber(ARGV[1]), ARGV[7]
local job, address, channel, method, lane = ARGV[2], ARGV[3], ARGV[9], ARGV[10], ARGV[11]
local pace = P .. 'pace:slack-channel:' .. channel
local edits = P .. 'pace:slack-edits'
local crowd = P .. 'pace:slack-crowd'
local place = P .. 'pace:slack-place:' .. lane .. ':' .. job .. ':' .. address
local minute, gap = 60000, tonumber(ARGV[13])

local why = stale(job, address, ARGV[4], ARGV[5], ARGV[6])
if why then
  return {why}
end
local other = busy(job, address, token, now)
if other then
  return {'busy', other}
end

local wait = 0
local function after(at)
  wait = math.max(wait, (tonumber(at or 0) or 0) - now)
end
local function paced(field)
  return tonumber(redis.call('HGET', pace, field) or 0) or 0
end
local function keep(ms)
  if redis.call('PTTL', pace) < ms then
    redis.call('PEXPIRE', pace, math.ceil(ms))
  end
end
-- The place of this one in its lane's line, which it gets if it cannot go now or others wait already. Words wait for all
-- first messages that do.
local function line()
  local mine, tail = tonumber(redis.call('GET', place) or 0) or 0, paced('line:' .. lane)
  local behind = lane == 'say' and math.max(tail, paced('line:post')) or tail
  if mine == 0 and (wait > 0 or behind > now) then
    mine = math.max(now + wait, behind + gap)
    redis.call('HSET', pace, 'line:' .. lane, string.format('%.0f', mine))
    keep(mine - now + minute)
    redis.call('SET', place, string.format('%.0f', mine), 'PX', math.ceil(mine - now + minute))
  end
  return mine
end
after(redis.call('GET', P .. 'pace:slack-stop:' .. method) or 0)
if channel ~= '' then
  after(redis.call('GET', P .. 'pace:slack-stop:' .. channel) or 0)
end
if lane == 'edit' then
  after(paced('edit') + ARGV[12])
  local most = tonumber(ARGV[15])
  local held = redis.call('ZRANGE', edits, -most, -most, 'WITHSCORES')
  if held[2] then
    after(held[2] + minute)
  end
  if wait > 0 then
    redis.call('ZREMRANGEBYSCORE', crowd, '-inf', now - 10 * minute)
    redis.call('ZADD', crowd, now, job .. ' ' .. address)
    redis.call('PEXPIRE', crowd, 10 * minute)
    wait = math.max(wait, math.min(5 * minute, redis.call('ZCARD', crowd) * minute / most / 2))
  end
elseif lane == 'say' then
  after(paced('say'))
  after(line())
elseif lane == 'post' then
  after(paced('say') - (ARGV[14] - 1) * gap)
  after(line())
end
if wait > 0 then
  return {'wait', math.ceil(wait)}
end

take(job, address, token, now, ARGV[8])
if lane == 'edit' or lane == 'state' then
  redis.call('HSET', pace, 'edit', now)
  keep(minute)
  redis.call('ZREMRANGEBYSCORE', edits, '-inf', now - minute)
  redis.call('ZADD', edits, now, job .. ' ' .. address .. ' ' .. ARGV[1])
  redis.call('PEXPIRE', edits, 2 * minute)
  redis.call('ZREM', crowd, job .. ' ' .. address)
elseif lane == 'say' or lane == 'post' then
  local free = math.max(paced('say'), now) -- from when the next one may come
  redis.call('HSET', pace, 'say', string.format('%.0f', free + gap))
  keep(minute)
  redis.call('DEL', place)
end
return {'go'}
