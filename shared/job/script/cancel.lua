-- Asks a job, and the jobs it started, to stop.
-- ARGV[2] id  ARGV[3] who asks  ARGV[4] why, in their words  ARGV[5] what else roles know them by, a JSON list, or ''
-- Returns {'gone'} | {'finished', state} | {'already', state, nudges} | {'ok', state, nudges}
must()
local id = ARGV[2]
local state = get(id, 'state')
if state == '' then
  return {'gone'}
end
if final(state) then
  return {'finished', state}
end
local word = get(id, 'cancel_at') == '' and 'ok' or 'already'
stop(id, ARGV[3], ARGV[4], ARGV[5])
return {word, get(id, 'state'), nudges}
