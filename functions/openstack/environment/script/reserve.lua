-- Takes a name for a new environment.
-- ARGV[4] number of fields, then the pairs: among them job, the job that makes it, and expires, in ms
-- then a sealed private key, or ''  then for how many ms it can be handed over
-- then how many environments its owner may have, 0 for any number  then every name by which that owner is known
-- Returns {'ok'} | {'lost'} | {'taken', state, job}: by another job; the job that took it gets it again | {'full', how many the owner has}
if not holds() then
  return {'lost'}
end
local owner = redis.call('HMGET', E, 'state', 'maker')
if owner[2] == ARGV[2] then
  return {'ok'}
end
if owner[2] then
  return {'taken', owner[1] or '', owner[2]}
end
local tail = 5 + 2 * tonumber(ARGV[4])
local most = tonumber(ARGV[tail + 2])
if most > 0 then
  local same, has = {}, 0
  for i = tail + 3, #ARGV do
    same[ARGV[i]] = true
  end
  for _, name in ipairs(redis.call('ZRANGE', P .. 'environments', 0, -1)) do
    local whose = redis.call('HGET', P .. 'environment:' .. name, 'owner')
    if whose and same[whose] then
      has = has + 1
    end
  end
  if has >= most then
    return {'full', tostring(has)}
  end
end
local at = fields(4)
redis.call('HSET', E, 'maker', ARGV[2])
redis.call('SADD', P .. 'tended', 'openstack') -- the clock has the function look after them
if ARGV[at] ~= '' then
  redis.call('SET', E .. ':key', ARGV[at], 'PX', ARGV[at + 1])
end
return {'ok'}
