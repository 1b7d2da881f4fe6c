-- What every script stands on. It is put before each of them.
-- KEYS[1]  the prefix of all keys; every other key is computed from it
-- ARGV[1]  the time in milliseconds, or 0 for this server's own clock. It is known as a number and as a text: what writes it
--          takes the text, since a number is made one anew for each call, which is slow
local P = KEYS[1]
local stamp = ARGV[1]
if stamp == '0' then
  local t = redis.call('TIME')
  stamp = t[1] .. string.format('%03d', math.floor(t[2] / 1000))
end
local now = tonumber(stamp)

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
    redis.call('ZADD', P .. 'notify', stamp, id)
    nudge(id, 'notify')
  elseif at % 1 ~= 0 and at > now + gather + 1 then
    redis.call('ZADD', P .. 'notify', now + gather + 0.5, id)
    nudge(id, 'notify')
  end
end

-- Shows a job to who watches it, if anybody does.
local function seen(id)
  if redis.call('EXISTS', J(id) .. ':watchers') == 1 then
    show(id)
  end
end

-- Fields that people see: one more version, and, if anybody watches, one more job for notify.
local function change(id, ...)
  redis.call('HINCRBY', J(id), 'version', '1')
  set(id, 'changed', stamp, ...)
  seen(id)
end

local function due(id, at)
  redis.call('ZADD', P .. 'due', at, id)
end

-- A text of so many bytes at most, which does not end within a character.
local function clip(text, most)
  if #text > most then
    while most > 0 and string.find(string.sub(text, most + 1, most + 1), '[\128-\191]') do
      most = most - 1
    end
  end
  return string.sub(text, 1, most)
end

local function audit(who, act, id, detail)
  detail = clip(detail, 500)
  redis.call('XADD', P .. 'audit', 'MAXLEN', '~', '200000', '*', 'at', stamp, 'who', who, 'act', act, 'job', id, 'detail', detail)
end

local function say(id, text)
  redis.call('XADD', J(id) .. ':story', 'MAXLEN', '~', '5000', '*', 'at', stamp, 'text', text)
end

-- What a job's log may have, in bytes, and what a line costs besides its text: some 80,000 lines at most.
local logroom, linecost = 8388608, 100

-- Adds lines to a job's log. Where that has no room any more, its oldest quarter goes.
local function log(id, lines)
  local key, added = J(id) .. ':log', 0
  for _, text in ipairs(lines) do
    redis.call('XADD', key, '*', 'at', stamp, 'text', text)
    added = added + #text + linecost
  end
  local has = redis.call('HINCRBY', J(id), 'logged', added)
  if has > logroom then
    local surplus = has - logroom * 3 / 4
    local dropped = 0
    while dropped < surplus do
      local oldest, ids = redis.call('XRANGE', key, '-', '+', 'COUNT', 500), {}
      for _, line in ipairs(oldest) do
        if dropped < surplus then
          ids[#ids + 1] = line[1]
          dropped = dropped + #line[2][4] + linecost
        end
      end
      if #ids == 0 then
        dropped = has -- older lines were not counted
        break
      end
      redis.call('XDEL', key, unpack(ids))
    end
    redis.call('HINCRBY', J(id), 'logged', -dropped)
    added = added - dropped
  end
  redis.call('INCRBY', P .. 'logged', added)
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
    due(line[1], stamp)
    nudge(line[1], get(line[1], 'function'))
  end
end

-- Puts a job in line for its lock. Returns the holder when that is another job, else ''.
local function queue_up(id, lock)
  redis.call('ZADD', P .. 'lock:' .. lock, redis.call('INCR', P .. 'line'), id)
  local holder = redis.call('ZRANGE', P .. 'lock:' .. lock, 0, 0)[1]
  return holder == id and '' or holder
end

-- Which lock a job takes that needs this one: where the nearest job that led to it, and has begun, holds the same one, that
-- is a lock below it. So those that it starts exclude one another, and nobody waits for what it is part of.
-- Returns the lock's name, and who holds the one above it, or ''.
local function below(lock, parent)
  for _ = 1, 32 do
    local state, held, needs, fence, up = read(parent, 'state', 'lock', 'needs', 'fence', 'parent')
    if state == '' then
      break
    end
    if (needs ~= '' and needs or held) == lock and not final(state) and state ~= 'confirming' and fence ~= '0' then
      return held .. ' of ' .. parent, parent
    end
    parent = up
  end
  return lock, ''
end

-- Takes a job out of the line for its lock. One that is over while what it started still holds the lock below keeps its place
-- until that is over, too.
local function leave(id, lock, above)
  if redis.call('EXISTS', P .. 'lock:' .. lock .. ' of ' .. id) == 1 then
    return
  end
  if redis.call('ZREM', P .. 'lock:' .. lock, id) == 1 then
    advance(lock)
  end
  if above == '' then
    return
  end
  local state, further = read(above, 'state', 'above')
  local own = string.sub(lock, 1, -#above - 5) -- without ' of ' and who that is
  if state == '' then -- forgotten already
    leave(above, own, string.match(own, ' of (%w+)$') or '')
  elseif final(state) then
    leave(above, own, further)
  end
end

-- Lets a job that waits go on now, also one that waits while it stops. One that is being stepped goes on as soon as it would
-- wait.
local function wake(id)
  local state, lease, fn = read(id, 'state', 'lease', 'function')
  if state == 'waiting' or (state == 'cancelling' and lease == '') then
    set(id, 'wake', stamp)
    due(id, stamp)
    nudge(id, fn)
  elseif state == 'running' or state == 'cancelling' then
    set(id, 'woken', 1)
  end
end

-- Whether the holder of this fence may still write, and the job's state.
local function holds(id, fence)
  local state, current = read(id, 'state', 'fence')
  return (state == 'running' or state == 'cancelling') and current == fence, state
end
