-- Lists functions whose inbox has something due. It writes nothing, so it works when Redis is full.
-- KEYS[1] the set of functions that have an inbox; it also begins the keys of each one
-- ARGV[1] the time in milliseconds, or 0 for this server's own clock
-- Returns functions
local now = ARGV[1]
if now == '0' then
  local t = redis.call('TIME')
  now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
end
local list = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if #redis.call('ZRANGEBYSCORE', KEYS[1] .. ':' .. name .. ':due', '-inf', now, 'LIMIT', 0, 1) > 0 then
    list[#list + 1] = name
  end
end
return list
