-- Remembers a job of a subject.
-- KEYS[1] hash: job id -> JSON with a time "at", RFC 3339
-- ARGV[1] job id  ARGV[2] what to keep  ARGV[3] ms for which all of it is kept  ARGV[4] how many jobs
-- Returns how many are kept
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
while redis.call('HLEN', KEYS[1]) > tonumber(ARGV[4]) do
  local oldest, at
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local made = cjson.decode(all[i + 1]).at
    if all[i] ~= ARGV[1] and (not at or made < at) then
      oldest, at = all[i], made
    end
  end
  redis.call('HDEL', KEYS[1], oldest)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('HLEN', KEYS[1])
