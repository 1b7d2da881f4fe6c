-- Enters a gap that is closed, or adds it to one that was closed lately and touches it.
-- ARGV[1] id  ARGV[2] source  ARGV[3] scope  ARGV[4] why  ARGV[5] from  ARGV[6] to  ARGV[7] closed, or 0 for now; ms
-- ARGV[8] how  ARGV[9] missed  ARGV[10] recovered  ARGV[11] what is lost  ARGV[12] how many closed ones are kept
-- Returns the id of the gap that it became
local id, from, to = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
for _, other in ipairs(redis.call('ZREVRANGE', B .. 'closed', 0, 15)) do
  local item = redis.call('HMGET', I(other), 'source', 'scope', 'from', 'to')
  if item[1] == ARGV[2] and item[2] == ARGV[3] and from <= tonumber(item[4]) and to >= tonumber(item[3]) then
    id, from, to = other, math.min(from, tonumber(item[3])), math.max(to, tonumber(item[4]))
    break
  end
end
redis.call('HSET', I(id), 'source', ARGV[2], 'scope', ARGV[3], 'why', ARGV[4], 'from', from, 'to', to)
tally(id, ARGV[8], ARGV[9], ARGV[10], ARGV[11])
shut(id, moment(ARGV[7]), ARGV[12])
return id
