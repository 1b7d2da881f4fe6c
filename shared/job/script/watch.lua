-- Adds or removes an address that follows a job.
-- ARGV[2] id  ARGV[3] address  ARGV[4] 1 to add, 0 to remove
-- Returns {'gone'} | {'ok', nudges}
local id = ARGV[2]
if get(id, 'state') == '' then
  return {'gone'}
end
if ARGV[4] == '0' then
  redis.call('HDEL', J(id) .. ':watchers', ARGV[3])
elseif redis.call('HSETNX', J(id) .. ':watchers', ARGV[3], '{}') == 1 then
  show(id)
end
return {'ok', nudges}
