-- Counts one person's word for a job that needs a sign-off.
-- ARGV[2] id  ARGV[3] who  ARGV[4] 1 to force it through  ARGV[5] and on: as whom else the same person is known
-- Returns {'gone'} | {'not'} | {'own'}: the requester's word does not count | {'theirs'}: only the requester's does
--       | {'again'} | {'ok', got, need, state, nudges}
local id = ARGV[2]
local state = get(id, 'state')
if state == '' then
  return {'gone'}
end
if state ~= 'confirming' or tonumber(get(id, 'until')) <= now then
  return {'not'}
end
local wanted = cjson.decode(get(id, 'signoff'))
local forced = ARGV[4] == '1'
local person = {[ARGV[3]] = true}
for i = 5, #ARGV do
  person[ARGV[i]] = true
end
local own = person[get(id, 'principal')]
if not forced and own and not wanted.self then
  return {'own'}
end
if not forced and not own and wanted.role == 'requester' then
  return {'theirs'}
end
local list = get(id, 'approved')
local approved = list == '' and {} or cjson.decode(list)
for _, word in ipairs(approved) do
  if not forced and person[word.principal] then
    return {'again'}
  end
end
approved[#approved + 1] = {principal = ARGV[3], at = now, forced = forced}
set(id, 'approved', cjson.encode(approved))
audit(ARGV[3], forced and 'approved by force' or 'approved', id, '')
local behind = ''
if forced or #approved >= wanted.need then
  state = 'queued'
  due(id, now)
  local lock = get(id, 'lock')
  if lock ~= '' then
    local own, above = below(lock, get(id, 'parent'))
    if above ~= '' then
      set(id, 'needs', lock, 'lock', own, 'above', above)
    end
    behind = queue_up(id, own)
  end
  nudge(id, get(id, 'function'))
end
change(id, 'state', state, 'behind', behind)
if hopeless(id, behind) then
  state = 'failed'
end
return {'ok', #approved, wanted.need, state, nudges}
