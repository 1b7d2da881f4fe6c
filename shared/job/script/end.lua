-- How a job ends, or is asked to, and what is counted of jobs. It is put before each script, after lib.lua.
--
-- Statistics are counted for ever, and for their hour, which is kept for 35 days: see shared/metrics for the fields. What
-- happens is one more line on a list, by the script that makes it so; the lines are added up many at a time, and before
-- somebody reads. So a job costs one command more, however much is counted of it.
local fresh = P .. 'metrics:fresh'
local bounds = {0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200}

-- The name under which something is counted: its own while there are not too many, else 'other'.
local function counted(kind, name, most)
  local known = P .. 'metrics:' .. kind
  if redis.call('SISMEMBER', known, name) == 1 then
    return name
  end
  if name == '' or redis.call('SCARD', known) >= most then
    return 'other'
  end
  redis.call('SADD', known, name)
  return name
end

-- How long something took: one more in its bucket, the smallest whose bound in seconds it does not pass, and the sum.
local function measure(add, what, of, ms)
  if ms == '' then
    return
  end
  ms = math.max(0, tonumber(ms))
  local bucket = '+Inf'
  for _, bound in ipairs(bounds) do
    if ms <= bound * 1000 then
      bucket = bound
      break
    end
  end
  add(what .. of .. '|' .. bucket, 1)
  add(what .. '_ms' .. of, ms)
end

-- Adds up what is on the list.
local function fold()
  local sums, hours = {}, {}
  for _, line in ipairs(redis.call('LRANGE', fresh, 0, -1)) do
    local hour, command, door, state, took, wait, cancel =
      string.match(line, '^(%d+)|([^|]*)|([^|]*)|([^|]*)|(%d*)|(%d*)|(%d*)$')
    sums[hour] = sums[hour] or {}
    local sum = sums[hour]
    local function add(field, n)
      sum[field] = (sum[field] or 0) + n
    end
    command = counted('commands', command, 500)
    if state == '' then
      add('accepted|' .. command .. '|' .. counted('doors', door, 50), 1)
    else
      add('ended|' .. command .. '|' .. state, 1)
    end
    measure(add, 'took', '|' .. command, took)
    measure(add, 'wait', '', wait)
    measure(add, 'cancel', '', cancel)
  end
  for hour, sum in pairs(sums) do
    local key = P .. 'metrics:' .. hour
    for field, n in pairs(sum) do
      redis.call('HINCRBY', P .. 'metrics', field, n)
      redis.call('HINCRBY', key, field, n)
    end
    redis.call('EXPIRE', key, 3024000)
  end
  redis.call('DEL', fresh)
end

-- Whether it is no job but something that the bot has to say, see notice.go.
local function notice(fn, command)
  return fn == 'clock' and command == 'notice'
end

-- A time between two others in ms, as a line has it.
local function between(from, to)
  return (from == '' or to == '') and '' or string.format('%.0f', math.max(0, to - from))
end

-- Counts that a job came through a door, or, with a state, that it ended.
local function count(command, door, state, took, wait, cancel)
  local function clean(name)
    return (string.gsub(string.sub(name, 1, 100), '[|%c]', ' '))
  end
  local line = {math.floor(now / 3600000), clean(command), clean(door), state, took, wait, cancel}
  if redis.call('RPUSH', fresh, table.concat(line, '|')) >= 200 then
    fold()
  end
end

-- The end of a job: frees its lock, wakes its parent, tells the audit, is counted. A sign-off is waited for by people, so a
-- job that needed one tells nothing of how long jobs wait.
local function finish(id, state, who, reason)
  local lock, above, parent, fn, command, created, started, asked, signoff =
    read(id, 'lock', 'above', 'parent', 'function', 'command', 'created', 'started', 'cancel_at', 'signoff')
  change(id, 'state', state, 'finished', now, 'lease', '', 'wake', '', 'behind', '', 'error', reason)
  redis.call('ZREM', P .. 'open', id)
  redis.call('ZREM', P .. 'due', id)
  redis.call('ZADD', P .. (notice(fn, command) and 'notices' or 'finished'), now, id)
  if get(id, 'logged') ~= '' then
    redis.call('ZADD', P .. 'logs', now, id)
  end
  if lock ~= '' then
    leave(id, lock, above)
  end
  if parent ~= '' then
    wake(parent)
  end
  audit(who, state, id, reason)
  if not notice(fn, command) then
    count(command, '', state, between(started, now), signoff == '' and between(created, started) or '',
      state == 'cancelled' and between(asked, now) or '')
  end
end

-- Asks the jobs that one started to stop, and those that they started; but not those that it started to close with, see
-- accept.lua.
local stop
local function stop_started(id, who, reason, groups)
  for _, child in ipairs(redis.call('SMEMBERS', J(id) .. ':children')) do
    if get(child, 'closing') == '' then
      stop(child, who, reason, groups)
    end
  end
end

-- Writes down who asks a job to stop and why, and what else roles know them by, a JSON list, or ''.
local function ask_to_stop(id, who, reason, groups)
  set(id, 'cancel_by', who, 'cancel_reason', reason, 'cancel_at', now, 'retried', 0)
  if groups ~= '' then
    set(id, 'cancel_groups', groups)
  end
  audit(who, 'cancel', id, reason)
end

-- Asks a job to stop, after what it started. One that has not begun ends at once.
function stop(id, who, reason, groups)
  local state = get(id, 'state')
  if state == '' or final(state) then
    return
  end
  stop_started(id, who, reason, groups)
  if get(id, 'cancel_at') ~= '' then
    return
  end
  ask_to_stop(id, who, reason, groups)
  if state == 'confirming' or (state == 'queued' and get(id, 'fence') == '0') then
    set(id, 'evidence', 'it had not begun; nothing was started', 'left', '[]')
    finish(id, 'cancelled', who, reason)
    return
  end
  change(id, 'state', 'cancelling', 'wake', now)
  if (tonumber(get(id, 'lease')) or 0) > now then
    redis.call('PUBLISH', P .. 'cancel', id)
  else
    due(id, now)
    nudge(id, get(id, 'function'))
  end
end
