-- Keeps claims.
-- ARGV[2] ms for which they hold from now  ARGV[3] and on, for each: number, fence
-- Returns for each 'ok' | 'lost' | 'gone'
must()
local list, answer, ends = {}, {}, text(now + tonumber(ARGV[2]))
for i = 3, #ARGV, 2 do
  list[#list + 1] = ARGV[i]
end
for i, hand in ipairs(each('HMGET', list, B .. 'hands')) do
  answer[i] = standing(hand, ARGV[2 * i + 2])
  if answer[i] == 'ok' then
    due(list[i], ends)
  end
end
settle()
return answer
