-- Makes words in a thread mean a job. What a job's own message says wins over what is only shown in its thread.
-- KEYS[1] the thread's key
-- ARGV[1] job  ARGV[2] 1 when the thread's root is the job's own message, else 0  ARGV[3] for how many ms
-- Returns 1, or 0 when the thread belongs to another job's own message
if ARGV[2] == '1' then
  redis.call('SET', KEYS[1], 'root ' .. ARGV[1], 'PX', ARGV[3])
  return 1
end
local known = redis.call('GET', KEYS[1])
if known and string.sub(known, 1, 5) == 'root ' then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return 1
