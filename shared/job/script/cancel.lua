-- Asks a job, and the jobs it started, to stop.
-- ARGV[2] id  ARGV[3] who asks  ARGV[4] why, in their words  ARGV[5] what else roles know them by, a JSON list, or ''
-- Returns {'gone'} | {'finished', state} | {'already', state, nudges} | {'ok', state, nudges}
must()
local function cancel(id)
  local state = get(id, 'state')
  if state == '' or final(state) then
    return
  end
  for _, child in ipairs(redis.call('SMEMBERS', J(id) .. ':children')) do
    cancel(child)
  end
  if get(id, 'cancel_at') ~= '' then
    return
  end
  set(id, 'cancel_by', ARGV[3], 'cancel_reason', ARGV[4], 'cancel_at', now, 'retried', 0)
  if ARGV[5] ~= '' then
    set(id, 'cancel_groups', ARGV[5])
  end
  audit(ARGV[3], 'cancel', id, ARGV[4])
  if state == 'confirming' or (state == 'queued' and get(id, 'fence') == '0') then
    set(id, 'evidence', 'it had not begun; nothing was started', 'left', '[]')
    finish(id, 'cancelled', ARGV[3], ARGV[4])
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

local id = ARGV[2]
local state = get(id, 'state')
if state == '' then
  return {'gone'}
end
if final(state) then
  return {'finished', state}
end
local word = get(id, 'cancel_at') == '' and 'ok' or 'already'
cancel(id)
return {word, get(id, 'state'), nudges}
