-- Says which thing a delivery tells of, among deliveries that read alike and tell of no time or number: the first of one hook
-- is the first of every other one, its second is their second. A delivery is told the same again.
-- KEYS[1] zset: 'id hook thing' of the deliveries that read like it, by when they came
-- ARGV[1] id  ARGV[2] the hook, '' when it is not known  ARGV[3] ms for which hooks are waited for
-- Returns the thing, which is called by the id of the delivery that told of it first
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
local things, told = {}, {}
for _, entry in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local id, hook, thing = string.match(entry, '^(%S*) (%S*) (%S*)$')
  if id == ARGV[1] then
    return thing
  end
  if id == thing then
    things[#things + 1] = thing
  end
  if hook == ARGV[2] and hook ~= '' then
    told[thing] = true
  end
end
local thing = ARGV[1]
for _, known in ipairs(things) do
  if not told[known] then
    thing = known
    break
  end
end
redis.call('ZADD', KEYS[1], now, ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. thing)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return thing
