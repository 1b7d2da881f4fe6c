-- Counts one person's word for a job that needs a sign-off.
-- ARGV[2] id  ARGV[3] who  ARGV[4] 1 to force it through
-- Returns {'gone'} | {'not'} | {'own'} | {'again'} | {'ok', got, need, state, nudges}
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
if not forced and get(id, 'principal') == ARGV[3] and not wanted.self then
  return {'own'}
end
local list = get(id, 'approved')
local approved = list == '' and {} or cjson.decode(list)
for _, word in ipairs(approved) do
  if word.principal == ARGV[3] then
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
    behind = queue_up(id, lock)
  end
  nudge(id, get(id, 'function'))
end
change(id, 'state', state, 'behind', behind)
return {'ok', #approved, wanted.need, state, nudges}
