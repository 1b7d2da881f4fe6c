-- Writes what a step has to say.
-- ARGV[2] id  ARGV[3] fence  ARGV[4] op: number of this write under this fence, so that a repeated one is not made twice
-- ARGV[5] 1 when people should see it
-- ARGV[6] number of field-value pairs, then the pairs; then each with its number before it, and each may be missing: lines of the
--   story, lines of the log, addresses that watch from now on
-- Returns {'lost'} | {'ok', cancelling 0 or 1, nudges}
local id = ARGV[2]
local held, state = holds(id, ARGV[3])
if not held then
  return {'lost'}
end
local cancelling = state == 'cancelling' and 1 or 0
if tonumber(ARGV[4]) <= tonumber(get(id, 'op')) then
  return {'ok', cancelling, nudges}
end
set(id, 'op', ARGV[4])
local at = 6
local function count()
  at = at + 1
  return tonumber(ARGV[at - 1] or 0)
end
for _ = 1, count() do
  set(id, ARGV[at], ARGV[at + 1])
  at = at + 2
end
for _ = 1, count() do
  say(id, ARGV[at])
  at = at + 1
end
local lines = {}
for n = 1, count() do
  lines[n] = ARGV[at]
  at = at + 1
end
if #lines > 0 then
  log(id, lines)
end
for _ = 1, count() do
  if redis.call('HSETNX', J(id) .. ':watchers', ARGV[at], '{}') == 1 then
    show(id)
  end
  at = at + 1
end
if ARGV[5] == '1' then
  change(id)
end
return {'ok', cancelling, nudges}
