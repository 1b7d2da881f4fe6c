-- Ends a step with a wait; the lease is given back.
-- ARGV[2] id  ARGV[3] fence  ARGV[4] wait in ms  ARGV[5] 'step' or 'cancel': what was called  ARGV[6] faults in a row
-- Returns {'lost'} | {'cancelling'} (keep the lease and call Cancel) | {'ok', nudges}
local id = ARGV[2]
local held, state = holds(id, ARGV[3])
if not held then
  -- A repeated call whose first answer was lost finds the lease already given back.
  if get(id, 'fence') == ARGV[3] and get(id, 'lease') == '' then
    return {'ok', nudges}
  end
  return {'lost'}
end
if state == 'cancelling' and ARGV[5] == 'step' then
  return {'cancelling'}
end
local at = now + tonumber(ARGV[4])
set(id, 'lease', '', 'wake', at, 'lapses', 0, 'retried', ARGV[6])
if state ~= 'cancelling' then
  set(id, 'state', 'waiting')
end
due(id, at)
return {'ok', nudges}
