-- Forgets finished jobs: those that ended before a time, and the oldest beyond a number.
-- ARGV[2] kept for ms  ARGV[3] how many are kept  ARGV[4] how many to forget at most now
-- Returns how many were forgotten
local batch = tonumber(ARGV[4])
local ids = redis.call('ZRANGEBYSCORE', P .. 'finished', '-inf', now - tonumber(ARGV[2]), 'LIMIT', 0, batch)
local surplus = redis.call('ZCARD', P .. 'finished') - #ids - tonumber(ARGV[3])
if #ids < batch and surplus > 0 then
  for _, id in ipairs(redis.call('ZRANGE', P .. 'finished', #ids, #ids + math.min(surplus, batch - #ids) - 1)) do
    ids[#ids + 1] = id
  end
end
for _, id in ipairs(ids) do
  redis.call('DEL', J(id), J(id) .. ':story', J(id) .. ':log', J(id) .. ':watchers', J(id) .. ':children')
  redis.call('ZREM', P .. 'finished', id)
  redis.call('ZREM', P .. 'notify', id)
end
return #ids
