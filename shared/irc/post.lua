-- Puts an answer into the outbox of an address and wakes the gateway, once.
-- KEYS[1] the outbox  KEYS[2] the network's waiting addresses  KEYS[3] its wake stream  KEYS[4] that it was said
-- ARGV[1] address  ARGV[2] the job that was made of it, or ''
-- ARGV[3] for how many ms it is known that it was said  ARGV[4] by how many ms an answer goes before what else waits
-- ARGV[5] the answer, see append of shared/outbox
-- Returns 1 when it was put there, 0 when it was before, or when the job's last word is there already
if redis.call('EXISTS', KEYS[4]) == 1 then
  return 0
end
redis.call('SET', KEYS[4], '1', 'PX', ARGV[3])
if ARGV[2] ~= '' then
  for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 50)) do
    local field = {}
    for i = 1, #entry[2], 2 do
      field[entry[2][i]] = entry[2][i + 1]
    end
    if field.job == ARGV[2] and field.kind == 'end' then
      return 0
    end
  end
end
append(KEYS[1], 5)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], 'LT', string.format('%.0f', now - ARGV[4]), ARGV[1])
redis.call('XADD', KEYS[3], 'MAXLEN', '1', '*', 'wake', '1')
redis.call('PEXPIRE', KEYS[3], LIFE)
return 1
