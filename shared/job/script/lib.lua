-- What every script stands on. It is put before each of them.
-- KEYS[1]  the prefix of all keys; every other key is computed from it
-- ARGV[1]  the time in milliseconds, or 0 for this server's own clock
local P = KEYS[1]
local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end

-- Functions to nudge once the script has returned, as id, function, id, function, …
local nudges = {}
local function nudge(id, fn)
  nudges[#nudges + 1] = id
  nudges[#nudges + 1] = fn
end

-- Makes room for the writes of a script that must work also when Redis is full: a script that has begun with a command
-- which takes no memory may go on with any.
local function must()
  redis.call('DEL', P .. 'room')
end

local function J(id) return P .. 'job:' .. id end

local function get(id, field)
  return redis.call('HGET', J(id), field) or ''
end

-- Several fields in one call; '' for those that are not there.
local function read(id, ...)
  local values = redis.call('HMGET', J(id), ...)
  for i = 1, #values do
    values[i] = values[i] or ''
  end
  return unpack(values)
end

local function set(id, ...)
  redis.call('HSET', J(id), ...)
end

local function final(state)
  return state == 'succeeded' or state == 'failed' or state == 'cancelled' or state == 'unknown'
end

-- How close two changes of a job may follow each other and still be shown as one, in ms.
local gather = 300

-- Puts a job on the list of what notify must show. A score that is a whole number is a claim: notify has the job in hand,
-- and it stays. One with a fraction was put there by notify itself, for an address that waits: it comes forward, since
-- what the other watchers are shown is not to wait for that.
local function show(id)
  local at = tonumber(redis.call('ZSCORE', P .. 'notify', id) or nil)
  if not at then
    redis.call('ZADD', P .. 'notify', now, id)
    nudge(id, 'notify')
  elseif at % 1 ~= 0 and at > now + gather + 1 then
    redis.call('ZADD', P .. 'notify', now + gather + 0.5, id)
    nudge(id, 'notify')
  end
end

-- Fields that people see: one more version, and, if anybody watches, one more job for notify.
local function change(id, ...)
  redis.call('HINCRBY', J(id), 'version', 1)
  set(id, 'changed', now, ...)
  if redis.call('EXISTS', J(id) .. ':watchers') == 1 then
    show(id)
  end
end

local function due(id, at)
  redis.call('ZADD', P .. 'due', at, id)
end

local function audit(who, act, id, detail)
  detail = string.sub(detail, 1, 500)
  redis.call('XADD', P .. 'audit', 'MAXLEN', '~', 200000, '*', 'at', now, 'who', who, 'act', act, 'job', id, 'detail', detail)
end

local function say(id, text)
  redis.call('XADD', J(id) .. ':story', 'MAXLEN', '~', 5000, '*', 'at', now, 'text', text)
end

local function log(id, text)
  redis.call('XADD', J(id) .. ':log', 'MAXLEN', '~', 50000, '*', 'at', now, 'text', text)
end

-- Everybody in line for a lock learns behind whom; the first may start.
local function advance(lock)
  local line = redis.call('ZRANGE', P .. 'lock:' .. lock, 0, -1)
  for place, id in ipairs(line) do
    local behind = place == 1 and '' or line[1]
    if get(id, 'behind') ~= behind then
      change(id, 'behind', behind)
    end
  end
  if line[1] and get(line[1], 'state') == 'queued' then
    due(line[1], now)
    nudge(line[1], get(line[1], 'function'))
  end
end

-- Puts a job in line for its lock. Returns the holder when that is another job, else ''.
local function queue_up(id, lock)
  redis.call('ZADD', P .. 'lock:' .. lock, redis.call('INCR', P .. 'line'), id)
  local holder = redis.call('ZRANGE', P .. 'lock:' .. lock, 0, 0)[1]
  return holder == id and '' or holder
end

-- Lets a waiting job go on now. One that is being stepped goes on as soon as it would wait.
local function wake(id)
  local state = get(id, 'state')
  if state == 'waiting' then
    set(id, 'wake', now)
    due(id, now)
    nudge(id, get(id, 'function'))
  elseif state == 'running' or state == 'cancelling' then
    set(id, 'woken', 1)
  end
end

-- The end of a job: frees its lock, wakes its parent, tells the audit.
local function finish(id, state, who, reason)
  local lock, parent = read(id, 'lock', 'parent')
  change(id, 'state', state, 'finished', now, 'lease', '', 'wake', '', 'behind', '', 'error', reason)
  redis.call('ZREM', P .. 'open', id)
  redis.call('ZREM', P .. 'due', id)
  redis.call('ZADD', P .. 'finished', now, id)
  if lock ~= '' and redis.call('ZREM', P .. 'lock:' .. lock, id) == 1 then
    advance(lock)
  end
  if parent ~= '' then
    wake(parent)
  end
  audit(who, state, id, reason)
end

-- Whether the holder of this fence may still write, and the job's state.
local function holds(id, fence)
  local state, current = read(id, 'state', 'fence')
  return (state == 'running' or state == 'cancelling') and current == fence, state
end
