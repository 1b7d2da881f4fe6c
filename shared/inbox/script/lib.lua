-- What every script of the inbox stands on. It is put before each of them.
-- KEYS[1]  what begins the keys of this inbox, see keys.go; every other key is computed from it
-- ARGV[1]  the time in milliseconds, or 0 for this server's own clock
local B = KEYS[1]
local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Makes room for the writes of a script that must work also when Redis is full: a script that has begun with a command
-- which takes no memory may go on with any.
local function must()
  redis.call('DEL', B .. 'room')
end

local function I(n) return B .. 'item:' .. n end
local function N(name) return B .. 'name:' .. name end

local function due(n, at)
  redis.call('ZADD', B .. 'due', at, n)
end

-- Accounts for a body that enters or leaves a list.
local function weigh(list, size)
  redis.call('HINCRBY', B .. 'bytes', list, string.format('%.0f', size + 0)) -- Lua has a -0, Redis has none
end

-- The names under which a delivery is known.
local function names(n)
  local list = {}
  for _, field in ipairs(redis.call('HKEYS', I(n))) do
    if string.sub(field, 1, 3) == 'as ' then
      list[#list + 1] = string.sub(field, 4)
    end
  end
  return list
end

-- Whether the holder of this fence has the delivery in hand: 'ok' | 'lost' | 'gone'.
local function holds(n, fence)
  local current = redis.call('HGET', I(n), 'fence')
  if not current then
    return 'gone'
  end
  local held = redis.call('HGET', I(n), 'held')
  return (current == fence and held == '1') and 'ok' or 'lost'
end
