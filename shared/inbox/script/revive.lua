-- Brings the dead back, as if they had just come, in the order in which they died.
-- ARGV[2] a name of one, or '' for all
-- Returns how many
must()
local list = {}
if ARGV[2] == '' then
  list = redis.call('ZRANGE', B .. 'dead', 0, -1)
else
  local n = redis.call('GET', NAME .. ARGV[2])
  if n and n ~= 'done' then
    list = {n}
  end
end
local revived = 0
for _, n in ipairs(list) do
  revived = revived + (revive(n) and 1 or 0)
end
settle()
return revived
