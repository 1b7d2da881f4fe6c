-- Closes a gap.
-- ARGV[1] id  ARGV[2] to in ms, or 0 for what was said before, or now  ARGV[3] how  ARGV[4] missed  ARGV[5] recovered
-- ARGV[6] what is lost  ARGV[7] how many closed ones are kept
-- Returns 1, or 0 when it is closed already or not there
local id = ARGV[1]
local item = redis.call('HMGET', I(id), 'from', 'to', 'closed')
if not item[1] or item[3] then
  return 0
end
local to = math.max(tonumber(ARGV[2]), tonumber(item[2]))
redis.call('HSET', I(id), 'to', math.max(moment(to), tonumber(item[1])))
tally(id, ARGV[3], ARGV[4], ARGV[5], ARGV[6])
shut(id, moment(0), ARGV[7])
return 1
