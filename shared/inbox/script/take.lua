-- Takes in one delivery that nobody knows, for which there is room, as put.lua does: most that come alone are such, and whoever
-- sent one waits for the answer. So it stands by itself, without lib.lua, which takes longer to get up than this to run.
-- KEYS and ARGV are those of put.lua
-- Returns 'new'; or false, and nothing is done, for what put.lua is to judge
local B, now = KEYS[1], ARGV[1]
if now == '0' then
  local t = redis.call('TIME')
  now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
end
local lane, body, keys = ARGV[7], ARGV[9], {}
for i = 10, #ARGV do
  keys[#keys + 1] = B .. 'name:' .. ARGV[i]
end
for _, known in ipairs(redis.call('MGET', unpack(keys))) do
  if known then
    return false
  end
end
local sums = redis.call('HMGET', B .. 'bytes', 'due', 'behind')
if redis.call('ZCARD', B .. 'due') + (sums[2] or 0) >= tonumber(ARGV[4]) or (sums[1] or 0) + #body > tonumber(ARGV[5]) then
  return false
end

local seq = redis.call('INCR', B .. 'seq')
local n = string.format('%.0f.%.0f.%s', seq, #body, now)
local sets = {B .. 'body:' .. n, body}
for i, key in ipairs(keys) do
  sets[2 * i + 1], sets[2 * i + 2] = key, n
end
redis.call('MSET', unpack(sets))
redis.call('HSET', B .. 'heads', n, ARGV[8])
if #body > 0 then
  redis.call('HINCRBY', B .. 'bytes', 'due', #body)
end
local before = lane ~= '' and redis.call('HGET', B .. 'lanes', lane)
if before then
  redis.call('HSET', B .. 'next', before, n)
  redis.call('HINCRBY', B .. 'bytes', 'behind', 1)
else
  redis.call('ZADD', B .. 'due', now, n)
end
if lane ~= '' then
  redis.call('HSET', B .. 'lanes', lane, n)
end
if seq == 1 then
  redis.call('SADD', KEYS[2], ARGV[2])
end
return 'new'
