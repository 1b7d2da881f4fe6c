-- What every script of the ledger of gaps stands on. It is put before each of them.
-- KEYS[1]  what begins its keys, see ledger.go; every other key is computed from it
local B = KEYS[1]
-- A script that has begun with a command which takes no memory may go on with any, also when Redis is full.
redis.call('DEL', B .. 'room')

local function I(id) return B .. 'item:' .. id end

-- Now, in milliseconds, once for the whole script.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- A time as it was given, or now for 0, in milliseconds.
local function moment(ms)
  ms = tonumber(ms)
  return ms ~= 0 and ms or now
end

-- Lays a gap among the closed ones, of which the oldest fall off.
local function shut(id, at, most)
  redis.call('HSET', I(id), 'closed', at)
  redis.call('ZREM', B .. 'open', id)
  redis.call('ZADD', B .. 'closed', at, id)
  while redis.call('ZCARD', B .. 'closed') > tonumber(most) do
    local oldest = redis.call('ZRANGE', B .. 'closed', 0, 0)[1]
    redis.call('ZREM', B .. 'closed', oldest)
    redis.call('DEL', I(oldest))
  end
end

-- Adds up what became of what was missed.
local function tally(id, how, missed, recovered, lost)
  redis.call('HSET', I(id), 'how', how)
  redis.call('HINCRBY', I(id), 'missed', missed)
  redis.call('HINCRBY', I(id), 'recovered', recovered)
  if lost ~= '' then
    redis.call('HSET', I(id), 'lost', lost)
  end
end
