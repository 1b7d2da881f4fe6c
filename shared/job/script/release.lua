-- Gives a claim back. What somebody else put on the list while the job was in hand stays there, if that is earlier.
-- ARGV[2] id  ARGV[3] the version that was shown  ARGV[4] ms after which to show again, or 0
-- Returns 1 when there is more to show
local id = ARGV[2]
local again = tonumber(ARGV[4])
local at
if (tonumber(get(id, 'version')) or 0) > tonumber(ARGV[3]) then
  at = again > 0 and now + math.min(again, gather) + 0.5 or now - 0.5
elseif again > 0 then
  at = now + again + 0.5
end
local known = tonumber(redis.call('ZSCORE', P .. 'notify', id) or nil)
if known and known % 1 ~= 0 and (not at or known < at) then
  return 1
end
if at then
  redis.call('ZADD', P .. 'notify', at, id)
  return 1
end
redis.call('ZREM', P .. 'notify', id)
return 0
