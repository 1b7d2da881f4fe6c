-- What a person has seen of an outbox: a cursor, and the gaps before it that were not seen.
-- KEYS: 1 the hash of what was seen, 2 the outbox
-- ARGV: 1 what to do, 2 and 3 its arguments, 4 for how many seconds to remember it
--   "arrive"              a first session begins: what is new since the cursor becomes a gap, the cursor goes to the end
--   "look"                nothing
--   "shown" <id>          everything up to id was seen, gaps excepted: the cursor goes there, never back
--   "filled" <to> <id>    of the gap that ends at to, everything up to id was seen or dropped
-- Returns: the cursor, then each gap's two ends: what lies after the first, up to the second
local function split(id)
  local ms, seq = string.match(id or '', '^(%d+)-(%d+)$')
  return tonumber(ms) or 0, tonumber(seq) or 0
end

local function less(a, b)
  local ams, aseq = split(a)
  local bms, bseq = split(b)
  return ams < bms or (ams == bms and aseq < bseq)
end

local MOST_GAPS = 16
local cursor = redis.call('HGET', KEYS[1], 'cursor') or '0-0'
local gaps = {}
for from, to in string.gmatch(redis.call('HGET', KEYS[1], 'gaps') or '', '(%S+) (%S+);') do
  gaps[#gaps + 1] = {from, to}
end

local act, changed = ARGV[1], true
if act == 'arrive' then
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  last = last[1] and last[1][1] or '0-0'
  if less(cursor, last) then
    gaps[#gaps + 1] = {cursor, last}
    cursor = last
  end
elseif act == 'shown' then
  if less(cursor, ARGV[2]) then cursor = ARGV[2] end
elseif act == 'filled' then
  local left = {}
  for _, gap in ipairs(gaps) do
    if gap[2] == ARGV[2] and less(gap[1], ARGV[3]) then gap[1] = ARGV[3] end
    if less(gap[1], gap[2]) then left[#left + 1] = gap end
  end
  gaps = left
else
  changed = false
end

if #gaps > MOST_GAPS then -- showing some of it twice is better than forgetting any of it
  gaps = {{gaps[1][1], gaps[#gaps][2]}}
end
local flat, text = {cursor}, ''
for _, gap in ipairs(gaps) do
  flat[#flat + 1], flat[#flat + 2] = gap[1], gap[2]
  text = text .. gap[1] .. ' ' .. gap[2] .. ';'
end
if changed then
  redis.call('HSET', KEYS[1], 'cursor', cursor, 'gaps', text)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return flat
