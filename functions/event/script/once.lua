-- Takes a value of a rule's once, or gives it back.
-- KEYS[1] string: the event that has the value
-- ARGV[1] event  ARGV[2] ms for which it is known; 0 gives it back
-- Returns the event that has it: this one, or the one that came before; '' when it was given back
local held = redis.call('GET', KEYS[1])
if ARGV[2] == '0' then
  if held == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return ''
  end
  return held or ''
end
if held then
  return held
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
