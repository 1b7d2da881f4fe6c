-- Gives a delivery up: it is kept among the dead, from which the oldest fall off.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] why
-- ARGV[5] ms for which the dead are kept  ARGV[6] how many of them  ARGV[7] how many bytes of bodies
-- Returns {'ok', how many fell off, whether another one of its lane became due by it} | {'lost'} | {'gone'}
must()
local n, hand = ARGV[2], redis.call('HGET', B .. 'hands', ARGV[2])
local held = standing(hand, ARGV[3])
if held ~= 'ok' then
  return {held}
end
redis.call('ZREM', B .. 'due', n)
local lane = lane_and_names(redis.call('HGET', B .. 'heads', n))
local more = leave(n, lane, redis.call('HGET', B .. 'next', n))
redis.call('ZADD', B .. 'dead', today, n)
weigh('due', -size(n))
weigh('dead', size(n))
local it = open(hand)
it.held = '0'
save(n, it)
set(WHY .. n, ARGV[4])
settle()

local fell = 0
local function fall(oldest)
  local _, names = lane_and_names(redis.call('HGET', B .. 'heads', oldest))
  for _, name in ipairs(names) do
    drop(NAME .. name)
  end
  for _, key in ipairs({BODY, NOTE, WHY}) do
    drop(key .. oldest)
  end
  unfield('heads', oldest)
  unfield('hands', oldest)
  weigh('dead', -size(oldest))
  settle()
  redis.call('ZREM', B .. 'dead', oldest)
  fell = fell + 1
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', B .. 'dead', '-inf', now - tonumber(ARGV[5]))) do
  fall(old)
end
while redis.call('ZCARD', B .. 'dead') > tonumber(ARGV[6])
  or (redis.call('ZCARD', B .. 'dead') > 1 and tonumber(redis.call('HGET', B .. 'bytes', 'dead') or 0) > tonumber(ARGV[7])) do
  fall(redis.call('ZRANGE', B .. 'dead', 0, 0)[1])
end
return {'ok', fell, more and 1 or 0}
