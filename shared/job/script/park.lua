-- Ends a step with a wait; the lease is given back.
-- ARGV[2] id  ARGV[3] fence  ARGV[4] wait in ms  ARGV[5] 'step' or 'cancel': what was called  ARGV[6] faults in a row
-- Returns {'lost'} | {'cancelling'} (keep the lease and call Cancel) | {'ok', nudges}
local id = ARGV[2]
must()
local held, state = holds(id, ARGV[3])
local lease, fence, deadline, woken, fn = read(id, 'lease', 'fence', 'deadline', 'woken', 'function')
if lease == '' and fence == ARGV[3] then
  return {'ok', nudges} -- a repeated call whose first answer was lost
end
if not held then
  return {'lost'}
end
if state == 'cancelling' and ARGV[5] == 'step' then
  return {'cancelling'}
end
local at = now + tonumber(ARGV[4])
if state ~= 'cancelling' then -- its time limit wakes it, too
  at = math.max(now, math.min(at, tonumber(deadline)))
end
if woken == '1' then
  at = now
  set(id, 'woken', '')
  nudge(id, fn)
end
set(id, 'lease', '', 'wake', at, 'lapses', 0, 'retried', ARGV[6])
if state ~= 'cancelling' then
  set(id, 'state', 'waiting')
end
due(id, at)
return {'ok', nudges}
