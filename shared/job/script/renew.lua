-- Keeps a lease alive and tells its holder what has been asked meanwhile.
-- ARGV[2] id  ARGV[3] fence  ARGV[4] lease in ms
-- Returns {'lost'} | {'ok', cancelling 0 or 1, ms until the deadline}
must()
local id = ARGV[2]
local held, state = holds(id, ARGV[3])
if not held then
  return {'lost'}
end
set(id, 'lease', now + tonumber(ARGV[4]))
due(id, now + tonumber(ARGV[4]))
return {'ok', state == 'cancelling' and 1 or 0, tonumber(get(id, 'deadline')) - now}
