-- Keeps a claim.
-- ARGV[2] number  ARGV[3] fence  ARGV[4] ms for which it holds from now
-- Returns 'ok' | 'lost' | 'gone'
must()
local held = holds(ARGV[2], ARGV[3])
if held == 'ok' then
  due(ARGV[2], now + tonumber(ARGV[4]))
end
return held
