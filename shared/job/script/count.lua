-- What is counted of jobs, for ever, and for their hour, which is kept for 35 days: see shared/metrics for the fields. What
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
    return #name <= 100 and not string.find(name, '[|%c]') and name or (string.gsub(string.sub(name, 1, 100), '[|%c]', ' '))
  end
  local line = {math.floor(now / 3600000), clean(command), clean(door), state, took, wait, cancel}
  if redis.call('RPUSH', fresh, table.concat(line, '|')) >= 200 then
    fold()
  end
end
