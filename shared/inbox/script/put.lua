-- Takes a delivery in, unless it is known. The first of its names that is known decides; the others are bound to the same.
-- KEYS[2] the set of functions that have an inbox  ARGV[2] the function
-- ARGV[3] id  ARGV[4] kind  ARGV[5] body
-- ARGV[6] ms for which what is done is known  ARGV[7] most deliveries  ARGV[8] most bytes of bodies
-- ARGV[9] and on: its names, the id first
-- Returns 'new' | 'pending' (known and unfinished; it is due now unless a worker has it) | 'done' | 'full'
local known
for i = 9, #ARGV do
  known = redis.call('GET', N(ARGV[i]))
  if known then
    break
  end
end
if known == 'done' then
  for i = 9, #ARGV do
    redis.call('SET', N(ARGV[i]), 'done', 'NX', 'PX', ARGV[6])
  end
  return 'done'
end
if known then
  for i = 9, #ARGV do
    if redis.call('SET', N(ARGV[i]), known, 'NX') then
      redis.call('HSET', I(known), 'as ' .. ARGV[i], 1)
    end
  end
  if redis.call('ZREM', B .. 'dead', known) == 1 then
    local size = tonumber(redis.call('HGET', I(known), 'size'))
    weigh('dead', -size)
    weigh('due', size)
    redis.call('HSET', I(known), 'since', now, 'attempts', 0, 'lapses', 0)
  end
  if redis.call('HGET', I(known), 'held') ~= '1' then
    due(known, now)
  end
  return 'pending'
end
local size = #ARGV[5]
local weight = tonumber(redis.call('HGET', B .. 'bytes', 'due') or 0)
if redis.call('ZCARD', B .. 'due') >= tonumber(ARGV[7]) or weight + size > tonumber(ARGV[8]) then
  return 'full'
end
local n = redis.call('INCR', B .. 'seq')
local names = {}
for i = 9, #ARGV do
  redis.call('SET', N(ARGV[i]), n)
  names[#names + 1] = 'as ' .. ARGV[i]
  names[#names + 1] = 1
end
redis.call('HSET', I(n), 'id', ARGV[3], 'kind', ARGV[4], 'body', ARGV[5], 'size', size, 'received', now, 'since', now,
  'attempts', 0, 'lapses', 0, 'fence', 0, 'held', 0, unpack(names))
weigh('due', size)
due(n, now)
redis.call('SADD', KEYS[2], ARGV[2])
return 'new'
