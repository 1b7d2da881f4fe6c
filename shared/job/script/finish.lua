-- Ends a job.
-- ARGV[2] id  ARGV[3] fence  ARGV[4] final state  ARGV[5] 'step' or 'cancel': what was called  ARGV[6] reason, or ''
-- ARGV[7] evidence of a receipt, or ''  ARGV[8] what was left, a JSON list  ARGV[9] result, JSON or ''
-- Returns {'lost'} | {'cancelling'} (keep the lease and call Cancel) | {'ok', nudges}
must()
local id, fence, state = ARGV[2], ARGV[3], ARGV[4]
local held, before = holds(id, fence)
if not held then
  -- A repeated call whose first answer was lost finds the job ended under its own fence.
  return {final(before) and get(id, 'fence') == fence and 'ok' or 'lost', nudges}
end
-- What a step says while it is being stopped is believed only if it says that all is done.
if before == 'cancelling' and ARGV[5] == 'step' and state ~= 'succeeded' then
  return {'cancelling'}
end
local who, reason = 'handsoff', ARGV[6]
if before == 'cancelling' then
  who = get(id, 'cancel_by')
  if state == 'cancelled' and who == 'deadline' then
    state, reason = 'failed', 'its time limit passed; it was stopped'
  end
end
if ARGV[7] ~= '' then
  set(id, 'evidence', ARGV[7], 'left', ARGV[8])
end
if ARGV[9] ~= '' then
  set(id, 'result', ARGV[9])
end
finish(id, state, who, reason)
return {'ok', nudges}
