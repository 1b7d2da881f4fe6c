-- Takes deliveries up that are due, the longest waiting first. Their bodies and notes are read by the caller.
-- ARGV[2] how many at most  ARGV[3] ms for which a claim holds, twice as long after each death in a row: a claim lapses also
-- when a slow Redis answered it too late, and then nothing died  ARGV[4] how many bytes of bodies and notes together, but for the first
-- Returns {now, ms until the next one is due or -1, numbers, hands, heads}
must()
local ready = redis.call('ZRANGEBYSCORE', B .. 'due', '-inf', today, 'LIMIT', 0, ARGV[2])
local known = #ready > 0 and each('HMGET', ready, B .. 'hands') or {}
local numbers, hands, total = {}, {}, 0
local first, fresh = text(now + tonumber(ARGV[3])), '1 1 0 1 ' .. today .. ' 0'
for i, n in ipairs(ready) do
  local it = known[i] and open(known[i])
  total = total + size(n) + (it and it.noted or 0)
  if i > 1 and total > tonumber(ARGV[4]) then
    break
  end
  numbers[i] = n
  if not it then
    hands[i] = fresh
    field('hands', n, fresh)
    due(n, first)
  else
    if it.held == '1' then
      it.lapses = text(it.lapses + 1)
    end
    if it.attempts == '0' then
      it.since = today -- what has only waited has not failed
    end
    it.held, it.fence, it.attempts = '1', text(it.fence + 1), text(it.attempts + 1)
    hands[i] = save(n, it)
    due(n, text(now + tonumber(ARGV[3]) * 2 ^ math.min(tonumber(it.lapses), 6)))
  end
end
local heads = #numbers > 0 and each('HMGET', numbers, B .. 'heads') or {}
settle()
local next = redis.call('ZRANGE', B .. 'due', 0, 0, 'WITHSCORES')
return {now, next[2] and math.max(0, tonumber(next[2]) - now) or -1, numbers, hands, heads}
