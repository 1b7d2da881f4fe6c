-- Says whether a call of GitHub may be made now for an account, and takes its turn. Writes of an account come one after the
-- other, with a gap between, whichever process makes them.
-- KEYS[1] the prefix of all keys; all others are computed from it
-- ARGV[1] the time in ms, or 0 for Redis' own  ARGV[2] whose account
-- ARGV[3] lane: 'read' only minds GitHub's word to be silent, 'create' makes something that people are told of, 'change'
--   is any other write, 'progress' is one that lets all others go first
-- ARGV[4] who asks, or ''. Who must wait and has a name gets a place in line and is told to come back when it is reached:
--   however many wait, each asks about twice, and the first to ask is the first to go. A place that nobody comes for passes
--   by itself. Who has no name comes after those who wait, and asks again.
-- ARGV[5] the ticket of the turn  ARGV[6] ms that a write may take
-- ARGV[7] ms between writes  ARGV[8] ms between two of progress  ARGV[9], ARGV[10] creations a minute, and an hour
-- ARGV[11] ms that who asks would wait; a place further off is not taken. 0 for any
-- Returns ms to wait; 0 when the turn is taken
local P, now, whose, lane = KEYS[1] .. 'pace:github', tonumber(ARGV[1]), ARGV[2], ARGV[3]
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local pace, made, place = P .. ':' .. whose, P .. '-made:' .. whose, P .. '-place:' .. whose .. ':' .. lane .. ':' .. ARGV[4]
local minute, hour, gap = 60000, 3600000, tonumber(ARGV[7])

local function at(field)
  return tonumber(redis.call('HGET', pace, field) or 0) or 0
end
local function keep(ms)
  if redis.call('PTTL', pace) < ms then
    redis.call('PEXPIRE', pace, math.ceil(ms))
  end
end
local wait = math.max(0, at('stop') - now)
if lane == 'read' then
  return wait
end
wait = math.max(wait, at('busy') - now, at('next') - now)
local line = at('line')
if lane == 'progress' then
  wait = math.max(wait, at('progress') + ARGV[8] - now)
  if line > now then
    wait = math.max(wait, line + gap - now)
  end
else
  if lane == 'create' then
    for _, bound in ipairs({ { minute, tonumber(ARGV[9]) }, { hour, tonumber(ARGV[10]) } }) do
      local held = redis.call('ZREVRANGE', made, bound[2] - 1, bound[2] - 1, 'WITHSCORES')
      if held[2] then
        wait = math.max(wait, held[2] + bound[1] - now)
      end
    end
  end
  local mine = ARGV[4] ~= '' and tonumber(redis.call('GET', place) or 0) or 0
  if ARGV[4] == '' then
    if line > now then
      wait = math.max(wait, line + gap - now)
    end
  elseif mine == 0 and (wait > 0 or line > now) then
    mine = math.max(now + wait, line + gap)
    local most = tonumber(ARGV[11])
    if most > 0 and mine - now > most then
      return math.ceil(mine - now)
    end
    redis.call('HSET', pace, 'line', string.format('%.0f', mine))
    keep(mine - now + minute)
    redis.call('SET', place, string.format('%.0f', mine), 'PX', math.ceil(mine - now + minute))
  end
  wait = math.max(wait, mine - now)
end
if wait > 0 then
  return math.ceil(wait)
end

redis.call('HSET', pace, 'busy', string.format('%.0f', now + ARGV[6]), 'ticket', ARGV[5])
if lane == 'progress' then
  redis.call('HSET', pace, 'progress', string.format('%.0f', now))
end
keep(minute)
redis.call('DEL', place)
if lane == 'create' then
  redis.call('ZREMRANGEBYSCORE', made, '-inf', now - hour)
  redis.call('ZADD', made, now, ARGV[5])
  redis.call('PEXPIRE', made, hour)
end
return 0
