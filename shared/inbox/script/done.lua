-- Forgets a delivery that has been dealt with, and remembers its names.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] ms for which its names are known
-- Returns 'ok' | 'lost' | 'gone'
must()
local n = ARGV[2]
local held = holds(n, ARGV[3])
if held == 'ok' then
  for _, name in ipairs(names(n)) do
    redis.call('SET', N(name), 'done', 'PX', ARGV[4])
  end
  weigh('due', -tonumber(redis.call('HGET', I(n), 'size')))
  redis.call('ZREM', B .. 'due', n)
  redis.call('DEL', I(n))
end
return held
