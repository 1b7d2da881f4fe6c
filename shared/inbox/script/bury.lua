-- Gives a delivery up: it is kept among the dead, from which the oldest fall off.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] why
-- ARGV[5] ms for which the dead are kept  ARGV[6] how many of them  ARGV[7] how many bytes of bodies
-- Returns {'ok', how many fell off} | {'lost'} | {'gone'}
must()
local n = ARGV[2]
local held = holds(n, ARGV[3])
if held ~= 'ok' then
  return {held}
end
local size = tonumber(redis.call('HGET', I(n), 'size'))
redis.call('ZREM', B .. 'due', n)
redis.call('ZADD', B .. 'dead', now, n)
weigh('due', -size)
weigh('dead', size)
redis.call('HSET', I(n), 'held', 0, 'why', ARGV[4])

local dropped = 0
local function drop(oldest)
  for _, name in ipairs(names(oldest)) do
    redis.call('DEL', N(name))
  end
  weigh('dead', -tonumber(redis.call('HGET', I(oldest), 'size')))
  redis.call('ZREM', B .. 'dead', oldest)
  redis.call('DEL', I(oldest))
  dropped = dropped + 1
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', B .. 'dead', '-inf', now - tonumber(ARGV[5]))) do
  drop(old)
end
while redis.call('ZCARD', B .. 'dead') > tonumber(ARGV[6])
  or (redis.call('ZCARD', B .. 'dead') > 1 and tonumber(redis.call('HGET', B .. 'bytes', 'dead')) > tonumber(ARGV[7])) do
  drop(redis.call('ZRANGE', B .. 'dead', 0, 0)[1])
end
return {'ok', dropped}
