-- Takes the lease on a job that is due.
-- ARGV[2] id  ARGV[3] function  ARGV[4] worker  ARGV[5] lease in ms  ARGV[6] how many deaths in a row end a job
-- ARGV[7] ms after which a job in line for a lock is looked at again
-- Returns {'gone'} | {'elsewhere'} | {'finished', nudges} | {'busy'} | {'early', wake} | {'locked', holder}
--       | {'held', resumed 0 or 1, nudges, record}
local id = ARGV[2]
local state = get(id, 'state')
if state == '' then
  return {'gone'}
end
if get(id, 'function') ~= ARGV[3] then
  return {'elsewhere'}
end
if final(state) then
  return {'finished', nudges}
end
local lease = tonumber(get(id, 'lease')) or 0
if lease > now then
  if get(id, 'worker') == ARGV[4] then -- our own retry, its first answer was lost
    return {'held', 0, nudges, redis.call('HGETALL', J(id))}
  end
  return {'busy'}
end
if state == 'confirming' then
  local till = tonumber(get(id, 'until'))
  if till > now then
    due(id, till)
    return {'early', till}
  end
  finish(id, 'failed', 'handsoff', 'nobody signed off in time; nothing was started')
  return {'finished', nudges}
end
local wakes = tonumber(get(id, 'wake')) or 0
if wakes > now then
  due(id, wakes)
  return {'early', wakes}
end
local lock = get(id, 'lock')
if state == 'queued' and lock ~= '' then
  local holder = redis.call('ZRANGE', P .. 'lock:' .. lock, 0, 0)[1]
  if holder ~= id then
    due(id, now + tonumber(ARGV[7]))
    return {'locked', holder or ''}
  end
end

local resumed = 0
if lease > 0 then -- a worker died on it, or was paused for longer than its lease
  resumed = 1
  redis.call('HINCRBY', J(id), 'attempt', 1)
  if redis.call('HINCRBY', J(id), 'lapses', 1) >= tonumber(ARGV[6]) then
    local state, reason = 'failed', 'interrupted: its worker died ' .. ARGV[6] .. ' times in a row'
    local record = redis.call('HGETALL', J(id))
    for i = 1, #record, 2 do
      if string.sub(record[i], 1, 7) == 'effect:' and record[i + 1] ~= '' and not string.find(record[i + 1], '"outcome"', 1, true) then
        state = 'unknown'
        reason = reason .. '; something outside may have been started: ' .. string.sub(record[i], 8)
      end
    end
    finish(id, state, 'handsoff', reason)
    return {'finished', nudges}
  end
  say(id, 'its worker was lost; another one takes over')
  audit('handsoff', 'taken over', id, get(id, 'worker'))
end
if get(id, 'started') == '' then
  set(id, 'started', now, 'deadline', now + tonumber(get(id, 'limit')))
end
if state ~= 'cancelling' and tonumber(get(id, 'deadline')) <= now then
  state = 'cancelling'
  set(id, 'cancel_by', 'deadline', 'cancel_reason', '', 'cancel_at', now)
  audit('deadline', 'cancel', id, '')
end
local before = get(id, 'state')
if state ~= 'cancelling' then
  state = 'running'
end
redis.call('HINCRBY', J(id), 'fence', 1)
set(id, 'state', state, 'worker', ARGV[4], 'lease', now + tonumber(ARGV[5]), 'wake', '', 'behind', '', 'op', 0)
due(id, now + tonumber(ARGV[5]))
if resumed == 1 or (before ~= state and before ~= 'waiting') then
  changed(id)
end
return {'held', resumed, nudges, redis.call('HGETALL', J(id))}
