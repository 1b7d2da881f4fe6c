-- Notes that things of an inventory are gone, which somebody has found out without having the environment in hand.
-- ARGV[4] number of things, then of each: its key, its id and its state as they were read, and what it is now
-- Returns {'ok', how many were noted}: what is another by now stays as it is | {'lost'} | {'gone'} | {'busy'}: a job has the environment in hand, or is to
if not holds() then
  return {'lost'}
end
local state = redis.call('HGET', E, 'state')
if not state then
  return {'gone'}
end
if state == 'making' or state == 'going' or redis.call('ZCARD', P .. 'lock:environment/' .. ARGV[1]) > 0 then
  return {'busy'}
end
local noted = 0
for i = 0, tonumber(ARGV[4]) - 1 do
  local field = 'item:' .. ARGV[5 + 4 * i]
  local text = redis.call('HGET', E, field)
  local item = text and cjson.decode(text)
  if item and item.id == ARGV[6 + 4 * i] and item.state == ARGV[7 + 4 * i] then
    redis.call('HSET', E, field, ARGV[8 + 4 * i])
    noted = noted + 1
  end
end
return {'ok', noted}
