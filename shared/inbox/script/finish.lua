-- Ends claims: what was dealt with is forgotten but for its names, the rest is due again.
-- ARGV[2] ms for which the names of what is done are known
-- ARGV[3] how many of what is done stay readable  ARGV[4] bytes of the largest body among those
-- ARGV[5] and on, for each claim: number, fence, 'done' | 'again' | 'later', ms after which it is due again, what it led to or '',
-- and, as it was claimed, its head, its lane, how many names it has, its names; of what is not done these may be '', '' and 0
-- Returns whether another one of a lane became due by it, and for each claim 'ok' | 'lost' | 'gone'
must()
local keeps, chunk = tonumber(ARGV[3]), 200
local over, lanes, kept = {}, {}, {} -- what waits no longer, in which lanes it was, and what is kept of it

local function forget(name)
  redis.call('SET', NAME .. name, 'done', 'PX', ARGV[2])
end

-- at is where a claim stands in ARGV.
local function done(n, hand, head, at)
  local led, lane = ARGV[at + 4], ARGV[at + 6]
  if head == ARGV[at + 5] then
    for i = at + 8, at + 7 + tonumber(ARGV[at + 7]) do
      forget(ARGV[i])
    end
  else -- it came again under further names
    local _, names = lane_and_names(head)
    for _, name in ipairs(names) do
      forget(name)
    end
  end
  local attempts, noted = string.match(hand, '(%d+) %d+ (%d+)$')
  local bytes = size(n)
  weigh('due', -bytes)
  local last = #over + 1
  over[last], lanes[last] = n, lane
  unfield('hands', n)
  unfield('heads', n)
  if noted ~= '0' then
    drop(NOTE .. n)
  end
  if keeps > 0 then
    kept[#kept + 1] = n .. ' ' .. today .. ' ' .. attempts .. ' ' .. head .. (led == '' and '' or packed('') .. packed(led))
  end
  if keeps <= 0 or bytes > tonumber(ARGV[4]) then
    drop(BODY .. n)
  end
end

local function again(n, it, wait)
  it.held, it.lapses = '0', '0'
  save(n, it)
  due(n, text(now + wait))
end

-- What is not yet to be done has not failed: the attempt does not count, nor does the wait.
local function later(n, it, wait)
  it.attempts, it.since = text(it.attempts - 1), text(it.since + wait)
  again(n, it, wait)
end

local list, starts, at = {}, {}, 5
while at <= #ARGV do
  list[#list + 1], starts[#starts + 1] = ARGV[at], at
  at = at + 8 + tonumber(ARGV[at + 7])
end
local hands, heads, seen, answer = each('HMGET', list, B .. 'hands'), each('HMGET', list, B .. 'heads'), {}, {0}
for i, n in ipairs(list) do
  local start = starts[i]
  local hand, how = not seen[n] and hands[i], ARGV[start + 2]
  local held = standing(hand, ARGV[start + 1])
  if held ~= 'ok' then
    -- Another worker has it, or it is over.
  elseif how == 'done' then
    done(n, hand, heads[i], start)
  elseif how == 'later' then
    later(n, open(hand), tonumber(ARGV[start + 3]))
  else
    again(n, open(hand), tonumber(ARGV[start + 3]))
  end
  seen[n] = held == 'ok'
  answer[i + 1] = held
end
if #over > 0 then
  for i, follows in ipairs(each('HMGET', over, B .. 'next')) do
    if leave(over[i], lanes[i], follows) then
      answer[1] = 1
    end
  end
  each('ZREM', over, B .. 'due')
end
settle()
if #kept > 0 then
  each('LPUSH', kept, B .. 'kept')
end
local many = redis.call('LLEN', B .. 'kept') - keeps
while many > 0 do
  local count = math.min(many, chunk)
  for _, old in ipairs(redis.call('LRANGE', B .. 'kept', -count, -1)) do
    drop(BODY .. string.match(old, '^%S+'))
  end
  redis.call('LTRIM', B .. 'kept', 0, -count - 1)
  many = many - count
end
settle()
return answer
