-- Ends a turn, and has everybody be silent when GitHub said so.
-- KEYS[1] the prefix of all keys; all others are computed from it
-- ARGV[1] the time in ms, or 0 for Redis' own  ARGV[2] whose account  ARGV[3] the ticket of the turn, or ''
-- ARGV[4] ms until the next write  ARGV[5] ms to be silent, or 0
-- Returns 1, or 0 when the turn was not, or is no longer, that ticket's
local pace, now = KEYS[1] .. 'pace:github:' .. ARGV[2], tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function keep(ms)
  if redis.call('PTTL', pace) < ms then
    redis.call('PEXPIRE', pace, math.ceil(ms))
  end
end
local silence = tonumber(ARGV[5])
if silence > 0 then
  local till = math.max(now + silence, tonumber(redis.call('HGET', pace, 'stop') or 0) or 0)
  redis.call('HSET', pace, 'stop', string.format('%.0f', till))
  keep(till - now + 60000)
end
if ARGV[3] == '' or redis.call('HGET', pace, 'ticket') ~= ARGV[3] then
  return 0
end
redis.call('HSET', pace, 'busy', 0, 'ticket', '', 'next', string.format('%.0f', now + ARGV[4]))
keep(60000)
return 1
