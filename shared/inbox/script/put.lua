-- Takes deliveries in, in their order, unless they are known. The first of a delivery's names that is known decides; the
-- others are bound to the same.
-- KEYS[2] the set of functions that have an inbox  ARGV[2] the function
-- ARGV[3] ms for which what is done is known  ARGV[4] most deliveries  ARGV[5] most bytes of bodies
-- ARGV[6] and on, for each delivery: how many names, its lane or '', its head, its body, its names, the id first
-- Returns for each 'new' | 'pending' (known and unfinished; it is due now unless a worker has it, or others of its lane come
-- first) | 'done' | 'full'; after one for which there is no room nothing is taken in, so that it can follow in its order
local known, seq, waits, weight -- known: what each name means, 'done' or a number; false for nothing

-- Looks all names and lanes up.
local function look()
  local keys, list, lanes, at = {B .. 'seq'}, {}, {}, 6
  while at <= #ARGV do
    local lane, last = ARGV[at + 1], at + 3 + tonumber(ARGV[at])
    for i = at + 4, last do
      list[#list + 1] = ARGV[i]
      keys[#keys + 1] = NAME .. ARGV[i]
    end
    if lane ~= '' and tails[lane] == nil then
      tails[lane] = false
      lanes[#lanes + 1] = lane
    end
    at = last + 1
  end
  local found = each('MGET', keys)
  seq, known = tonumber(found[1] or 0), {}
  for i, name in ipairs(list) do
    known[name] = found[1 + i]
  end
  if #lanes > 0 then
    for i, tail in ipairs(each('HMGET', lanes, B .. 'lanes')) do
      tails[lanes[i]] = tail
    end
  end
end

-- Whether there is room for one more.
local function room(more)
  if not waits then
    settle()
    local bytes = redis.call('HMGET', B .. 'bytes', 'due', 'behind')
    waits, weight = redis.call('ZCARD', B .. 'due') + tonumber(bytes[2] or 0), tonumber(bytes[1] or 0)
  end
  waits, weight = waits + 1, weight + more
  return waits <= tonumber(ARGV[4]) and weight <= tonumber(ARGV[5])
end

-- What becomes of a delivery that is known: it is done, or has this number.
local function again(means, first, last)
  local more = ''
  for i = first, last do
    local name = ARGV[i]
    if not known[name] then
      known[name] = means
      if means == 'done' then
        redis.call('SET', NAME .. name, 'done', 'PX', ARGV[3])
      else
        set(NAME .. name, means)
        more = more .. packed(name)
      end
    end
  end
  if means == 'done' then
    return 'done'
  end
  settle() -- it may have come just before
  if more ~= '' then
    field('heads', means, redis.call('HGET', B .. 'heads', means) .. more)
    settle()
  end
  local it = item(means)
  if revive(means) then
    waits = nil
  elseif not (it and it.held == '1') and redis.call('ZSCORE', B .. 'due', means) then
    due(means, today)
  end
  return 'pending'
end

local function take(lane, head, body, first, last)
  for i = first, last do
    if known[ARGV[i]] then
      return again(known[ARGV[i]], first, last)
    end
  end
  if not room(#body) then
    return 'full'
  end
  seq = seq + 1
  local n = numbered(seq, #body)
  for i = first, last do
    set(NAME .. ARGV[i], n)
    known[ARGV[i]] = n
  end
  set(BODY .. n, body)
  field('heads', n, head)
  weigh('due', #body)
  enter(n, lane)
  return 'new'
end

look()
local answer, at, before = {}, 6, seq
while at <= #ARGV do
  local first, last = at + 4, at + 3 + tonumber(ARGV[at])
  local full = answer[#answer] == 'full'
  answer[#answer + 1] = full and 'full' or take(ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], first, last)
  at = last + 1
end
if seq > before then
  set(B .. 'seq', text(seq))
end
settle()
if before == 0 and seq > 0 then
  redis.call('SADD', KEYS[2], ARGV[2])
end
return answer
