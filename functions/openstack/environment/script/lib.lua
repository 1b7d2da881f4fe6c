-- What every script stands on. It is put before each of them.
-- KEYS[1]  the prefix of all keys; every other key is computed from it
-- ARGV[1]  the environment's name  ARGV[2] the job that writes  ARGV[3] its fence
local P = KEYS[1]
local E = P .. 'environment:' .. ARGV[1]

-- Whether the job that writes still holds the lease under which it writes.
local function holds()
  local job = redis.call('HMGET', P .. 'job:' .. ARGV[2], 'state', 'fence')
  return (job[1] == 'running' or job[1] == 'cancelling') and job[2] == ARGV[3]
end

-- Writes fields; an empty value forgets its field.
-- from: where in ARGV their number stands, then the pairs. Returns where in ARGV they end.
local function fields(from)
  local at = from + 1
  for _ = 1, tonumber(ARGV[from]) do
    if ARGV[at + 1] == '' then
      redis.call('HDEL', E, ARGV[at])
    else
      redis.call('HSET', E, ARGV[at], ARGV[at + 1])
    end
    at = at + 2
  end
  local expires = redis.call('HGET', E, 'expires')
  redis.call('ZADD', P .. 'environments', expires or 0, ARGV[1])
  return at
end
