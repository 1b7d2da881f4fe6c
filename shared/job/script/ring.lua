-- A ring of jobs that wait for one another. It stands on end.lua.
-- A job that is not over waits for what it started, and one in line for whoever holds its lock. What is in line has started nothing yet, so only
-- getting in line can close a ring.

-- How many jobs are looked at for one; what lies further away is left to the time limits.
local reach = 1000

-- The unfinished jobs that led to one, each of which waits for it.
local function family(parent)
  local led = {}
  for _ = 1, 32 do
    local state, up = read(parent, 'state', 'parent')
    if state == '' or final(state) then
      break
    end
    led[parent] = true
    parent = up
  end
  return led
end

-- For whom a job waits. One that is over keeps its lock until those below it are free.
local function waits(id)
  local state, behind, lock = read(id, 'state', 'behind', 'lock')
  if final(state) then
    return redis.call('ZRANGE', P .. 'lock:' .. lock .. ' of ' .. id, 0, -1)
  end
  local list = behind == '' and {} or {behind}
  for _, child in ipairs(redis.call('SMEMBERS', J(id) .. ':children')) do
    if not final(get(child, 'state')) then
      list[#list + 1] = child
    end
  end
  return list
end

-- Who of those that led to a job is waited for by whoever holds the lock for which it is in line, or ''.
local function rings(holder, parent)
  local led, known, list = family(parent), {[holder] = true}, {holder}
  local at = 1
  while next(led) and list[at] and at <= reach do
    if led[list[at]] then
      return list[at]
    end
    for _, id in ipairs(waits(list[at])) do
      if not known[id] then
        known[id], list[#list + 1] = true, id
      end
    end
    at = at + 1
  end
  return ''
end

-- Ends a job that has come to wait for another one in a ring, before it begins. Reports whether it did. Most are in no line: they cost
-- nothing here.
local function hopeless(id, behind)
  if behind == '' then
    return false
  end
  local lock, parent = read(id, 'lock', 'parent')
  local led = parent == '' and '' or rings(behind, parent)
  if led == '' then
    return false
  end
  finish(id, 'failed', 'handsoff', string.format('it needs %s, which %s holds, and %s waits for %s, which led to this job and waits for it: '
    .. 'none of them could go on until one was stopped or reached its time limit', lock, behind, behind, led))
  return true
end
