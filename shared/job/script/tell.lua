-- Says something about a job from outside of its steps, at most once per mark.
-- ARGV[2] id  ARGV[3] mark  ARGV[4] text
-- Returns {'gone'} | {'finished'} | {'again'} | {'ok', nudges}
local id, mark = ARGV[2], 'told:' .. ARGV[3]
local state = get(id, 'state')
if state == '' then
  return {'gone'}
end
if final(state) then
  return {'finished'}
end
if get(id, mark) ~= '' then
  return {'again'}
end
set(id, mark, now)
say(id, ARGV[4])
change(id)
return {'ok', nudges}
