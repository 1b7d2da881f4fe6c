-- Adds links to the chain, unless another sealer did so meanwhile, and forgets those whose entries are no longer kept.
-- KEYS[1] the chain  KEYS[2] the trail
-- ARGV[1] the last link's id as it was read, or '' for none  ARGV[2] its hash
-- ARGV[3] how many entries the trail keeps: while there are fewer, none was forgotten in order
-- ARGV[4…] id, prev, hash, id, prev, hash, …
-- Returns 1, or 0 when the last link is another one
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local id, hash = '', ''
if last then
  id = last[1]
  for i = 1, #last[2], 2 do
    if last[2][i] == 'hash' then
      hash = last[2][i + 1]
      break -- the first of that name, as who reads takes it: a link that others wrote may have more
    end
  end
end
if id ~= ARGV[1] or hash ~= ARGV[2] then
  return 0
end
for i = 4, #ARGV, 3 do
  redis.call('XADD', KEYS[1], ARGV[i], 'prev', ARGV[i + 1], 'hash', ARGV[i + 2])
end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
if first and redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[3]) then
  redis.call('XTRIM', KEYS[1], 'MINID', '=', first[1])
end
return 1
