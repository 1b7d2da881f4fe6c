-- Writes down what rules decided about an event, once.
-- KEYS[1] string: that it is written down  KEYS[2] stream of decisions  KEYS[3] hash: how often rules acted  KEYS[4] counters
-- ARGV[1] ms for which it is known  ARGV[2] how many decisions are kept  ARGV[3] event  ARGV[4] topic  ARGV[5] subject
-- ARGV[6] author  ARGV[7] how many bytes of a text are kept; then for each decision: rule, what it did or why not,
-- 1 when it acted else 0, job, text
-- Returns 1, or 0 when it was written down before
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then
  return 0
end
local t = redis.call('TIME')
local now = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
for i = 8, #ARGV, 5 do
  local rule, outcome, acted, job, text = unpack(ARGV, i, i + 4)
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], '*', 'at', now, 'event', ARGV[3], 'topic', ARGV[4], 'subject', ARGV[5],
    'author', ARGV[6], 'rule', rule, 'outcome', outcome, 'job', job, 'text', string.sub(text, 1, tonumber(ARGV[7])))
  if acted == '1' then
    redis.call('HINCRBY', KEYS[3], rule, 1)
    redis.call('HSET', KEYS[3], rule .. ' at', now)
  end
  redis.call('HINCRBY', KEYS[4], 'rules_' .. outcome, 1)
end
return 1
