-- Writes how a schedule stands, unless another one did so meanwhile.
-- KEYS[1] the schedule
-- ARGV[1] how it stood as it was read, or '' for never  ARGV[2] how it stands now
-- Returns 1, or 0 when another one wrote
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
