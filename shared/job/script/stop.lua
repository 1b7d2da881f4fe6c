-- How a job is asked to stop. It stands on end.lua.

-- Asks the jobs that one started to stop, and those that they started; but not those that it started to close with, see
-- accept.lua. Where a time limit asks, it is the limit of the one that started them, and not theirs.
local stop
local function stop_started(id, who, reason, groups)
  if who == 'deadline' then
    who = 'deadline:' .. id
  end
  for _, child in ipairs(redis.call('SMEMBERS', J(id) .. ':children')) do
    if get(child, 'closing') == '' then
      stop(child, who, reason, groups)
    end
  end
end

-- Writes down who asks a job to stop and why, and what else roles know them by, a JSON list, or ''.
local function ask_to_stop(id, who, reason, groups)
  set(id, 'cancel_by', who, 'cancel_reason', reason, 'cancel_at', stamp, 'retried', 0)
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
  change(id, 'state', 'cancelling', 'wake', stamp)
  if (tonumber(get(id, 'lease')) or 0) > now then
    redis.call('PUBLISH', P .. 'cancel', id)
  else
    due(id, stamp)
    nudge(id, get(id, 'function'))
  end
end
