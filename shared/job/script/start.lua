-- Takes the lease on a job that is due.
-- ARGV[2] id  ARGV[3] function  ARGV[4] worker  ARGV[5] lease in ms  ARGV[6] how many deaths in a row end a job
-- ARGV[7] ms after which a job in line for a lock is looked at again
-- Returns {'gone'} | {'elsewhere'} | {'finished', nudges} | {'busy'} | {'early', wake} | {'locked', holder}
--       | {'held', nudges}
must()
local id = ARGV[2]
local state, fn, lease, worker, till, wakes, lock, started, deadline, limit, fence =
  read(id, 'state', 'function', 'lease', 'worker', 'until', 'wake', 'lock', 'started', 'deadline', 'limit', 'fence')
if state == '' then
  return {'gone'}
end
if fn ~= ARGV[3] then
  return {'elsewhere'}
end
if final(state) then
  return {'finished', nudges}
end
lease = tonumber(lease) or 0
if lease > now then
  if worker == ARGV[4] then -- our own retry, its first answer was lost
    return {'held', nudges}
  end
  return {'busy'}
end
if state == 'confirming' then
  till = tonumber(till)
  if till > now then
    due(id, till)
    return {'early', till}
  end
  finish(id, 'failed', 'handsoff', 'nobody signed off in time; nothing was started')
  return {'finished', nudges}
end
wakes = tonumber(wakes) or 0
if wakes > now then
  due(id, wakes)
  return {'early', wakes}
end
if state == 'queued' and lock ~= '' then
  local holder = redis.call('ZRANGE', P .. 'lock:' .. lock, 0, 0)[1]
  if holder ~= id then
    due(id, now + tonumber(ARGV[7]))
    return {'locked', holder or ''}
  end
end

local shown = false -- whether people see that something has changed
if lease > 0 then -- a worker died on it, or was paused for longer than its lease
  shown = true
  redis.call('HINCRBY', J(id), 'attempt', 1)
  if redis.call('HINCRBY', J(id), 'lapses', 1) >= tonumber(ARGV[6]) then
    local verdict, reason = state == 'cancelling' and 'unknown' or 'failed', 'interrupted: its worker died ' .. ARGV[6] .. ' times in a row'
    local record = redis.call('HGETALL', J(id))
    for i = 1, #record, 2 do
      if string.sub(record[i], 1, 7) == 'effect:' and record[i + 1] ~= '' then
        verdict = 'unknown'
        reason = reason .. '; something outside was started, or may have been: ' .. string.sub(record[i], 8)
      end
    end
    finish(id, verdict, 'handsoff', reason)
    return {'finished', nudges}
  end
  say(id, 'its worker was lost; another one takes over')
  audit('handsoff', 'taken over', id, worker)
end
local before = state
if started == '' then
  started, deadline = stamp, string.format('%.0f', now + tonumber(limit))
end
if state ~= 'cancelling' and tonumber(deadline) <= now then
  stop_started(id, 'deadline', '', '')
  ask_to_stop(id, 'deadline', '', '')
  state, shown = 'cancelling', true
elseif state ~= 'cancelling' then
  state = 'running'
end
local lapses = string.format('%.0f', now + tonumber(ARGV[5]))
local write = (shown or (before ~= state and before ~= 'waiting')) and change or set
write(id, 'state', state, 'worker', ARGV[4], 'fence', fence + 1, 'lease', lapses,
  'started', started, 'deadline', deadline, 'wake', '', 'behind', '', 'op', '0')
due(id, lapses)
return {'held', nudges}
