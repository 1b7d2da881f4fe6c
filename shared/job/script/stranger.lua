-- Notes that somebody without any role was turned away. Each time stands in a short stream of its own. In the trail stands the
-- first of somebody, and when an hour is over how often it was since: of so many names an hour, and of all others together.
-- ARGV[2] who  ARGV[3] the act; '' to write down only what is over  ARGV[4] the detail
-- ARGV[5] the hour, in ms  ARGV[6] how many names are told apart at a time  ARGV[7] how many entries the stream keeps
-- Returns 1 when it stands in the trail itself, else 0
local hour, most = tonumber(ARGV[5]), tonumber(ARGV[6])
local hours = P .. 'strangers' -- act, a line feed, who → since, a space, how often since then

local list = redis.call('HGETALL', hours)
local names = #list / 2
for i = 1, #list, 2 do
  local act, who = string.match(list[i], '^([^\n]*)\n(.*)$')
  local since, again = string.match(list[i + 1], '^(%d+) (%d+)$')
  if now - since >= hour then
    redis.call('HDEL', hours, list[i])
    names = names - 1
    if again ~= '0' then
      audit(who, act, '', again .. ' more within the hour after the one before')
    end
  end
end

local who, act = ARGV[2], ARGV[3]
if act == '' then
  return 0
end
local detail = clip(ARGV[4], 500)
redis.call('XADD', P .. 'audit:strangers', 'MAXLEN', '~', ARGV[7], '*', 'at', now, 'who', who, 'act', act, 'job', '', 'detail', detail)
local field = act .. '\n' .. who
if names >= most and redis.call('HEXISTS', hours, field) == 0 then
  who, field = '(others)', act .. '\n(others)'
end
local known = redis.call('HGET', hours, field)
if known then
  local since, again = string.match(known, '^(%d+) (%d+)$')
  redis.call('HSET', hours, field, since .. ' ' .. string.format('%d', again + 1))
  return 0
end
redis.call('HSET', hours, field, string.format('%d 0', now))
audit(who, act, '', detail)
return 1
