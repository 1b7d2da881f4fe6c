-- What every script of the inbox stands on. It is put before each of them.
-- KEYS[1]  what begins the keys of this inbox, see keys.go; every other key is computed from it
-- ARGV[1]  the time in milliseconds, or 0 for this server's own clock
--
-- A command of a script costs as much as much of its work, so what concerns many deliveries is read by one command and written
-- by one: set, drop, field, unfield, due and weigh note what is to be written, and settle writes it. Whoever reads it in between
-- calls settle before. A text that a script makes costs about as much as looking a key up, so it is given what it needs as it
-- needs it, and numbers are kept as text, as Redis has them.
local B = KEYS[1]
local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end
local today = text(now)

-- Makes room for the writes of a script that must work also when Redis is full: a script that has begun with a command
-- which takes no memory may go on with any.
local function must()
  redis.call('DEL', B .. 'room')
end

local BODY, NOTE, WHY, NAME = B .. 'body:', B .. 'note:', B .. 'why:', B .. 'name:'

-- Runs a command on a list, after a key if there is one, and returns what that returns for each.
local words = 1000 -- of a list in one command; Lua's stack has room for 8,000, and it is even, for pairs
local function each(command, list, key)
  local all = {}
  for i = 1, #list, words do
    local last = math.min(i + words - 1, #list)
    local answer
    if key then
      answer = redis.call(command, key, unpack(list, i, last))
    else
      answer = redis.call(command, unpack(list, i, last))
    end
    if #list <= words then
      return answer
    end
    if type(answer) == 'table' then
      for _, value in ipairs(answer) do -- what is not there is false, which ends no list
        all[#all + 1] = value
      end
    end
  end
  return all
end

local sets, drops, dues, moved = {}, {}, {}, {}
local fields, gone = { heads = {}, hands = {}, lanes = {}, next = {} }, { heads = {}, hands = {}, lanes = {}, next = {} }

-- Has a key hold a value.
local function set(key, value)
  local last = #sets
  sets[last + 1], sets[last + 2] = key, value
end

-- Deletes a key.
local function drop(key)
  drops[#drops + 1] = key
end

-- Has a field of one of the hashes hold a value.
local function field(hash, name, value)
  local list = fields[hash]
  local last = #list
  list[last + 1], list[last + 2] = name, value
end

-- Deletes a field.
local function unfield(hash, name)
  local list = gone[hash]
  list[#list + 1] = name
end

-- Has a delivery be due from a time on, a text.
local function due(n, at)
  local last = #dues
  dues[last + 1], dues[last + 2] = at, n
end

-- Accounts for a body that enters or leaves a list, and for a delivery that waits behind another ('behind').
local function weigh(list, size)
  moved[list] = (moved[list] or 0) + size
end

local function settle()
  if #sets > 0 then
    each('MSET', sets)
    sets = {}
  end
  for hash, list in pairs(fields) do
    if #list > 0 then
      each('HSET', list, B .. hash)
      fields[hash] = {}
    end
  end
  for hash, list in pairs(gone) do
    if #list > 0 then
      each('HDEL', list, B .. hash)
      gone[hash] = {}
    end
  end
  if #dues > 0 then
    each('ZADD', dues, B .. 'due')
    dues = {}
  end
  if #drops > 0 then
    each('DEL', drops)
    drops = {}
  end
  for list, size in pairs(moved) do
    if size ~= 0 then
      redis.call('HINCRBY', B .. 'bytes', list, text(size))
    end
  end
  moved = {}
end

-- Texts as they stand one after the other, each behind its length.
local function packed(word)
  return #word .. ':' .. word
end

local function unpacked(all)
  local list, at = {}, 1
  while at <= #all do
    local colon = string.find(all, ':', at, true)
    local last = colon + tonumber(string.sub(all, at, colon - 1))
    list[#list + 1] = string.sub(all, colon + 1, last)
    at = last + 1
  end
  return list
end

-- A delivery's number says which one it is, how many bytes its body has, and when it was received: it is asked that most.
local function numbered(seq, size)
  return text(seq) .. '.' .. size .. '.' .. today
end

local function size(n)
  return tonumber(string.match(n, '%.(%d+)%.'))
end

-- A head is what a delivery came with: packed, its kind with the trace to which it belongs, its lane and its names, the id first.
-- Among what is done, an empty name and what it led to may follow. item.go reads it too.
local function lane_and_names(head)
  local list = unpacked(head)
  table.remove(list, 1)
  return table.remove(list, 1), list
end

-- A hand is what became of a delivery that was taken up: six numbers. item.go reads it too. One that was not has none.
local form = '^(%d+) (%d) (%d+) (%d+) (%d+) (%d+)$'
local function open(hand)
  local it = {}
  it.fence, it.held, it.lapses, it.attempts, it.since, it.noted = string.match(hand, form)
  return it
end

-- Writes a hand, and returns it.
local function save(n, it)
  local hand = table.concat({ it.fence, it.held, it.lapses, it.attempts, it.since, it.noted }, ' ')
  field('hands', n, hand)
  return hand
end

-- Reads the hand of one delivery; nil when there is none.
local function item(n)
  local hand = redis.call('HGET', B .. 'hands', n)
  return hand and open(hand) or nil
end

-- The last of each lane, as far as it was looked for; false for none.
local tails = {}

-- Lets a delivery wait for its turn: it is due now, unless others of its lane come first.
local function enter(n, lane)
  if lane == '' then
    due(n, today)
    return
  end
  if tails[lane] == nil then
    tails[lane] = redis.call('HGET', B .. 'lanes', lane)
  end
  if tails[lane] then
    field('next', tails[lane], n)
    weigh('behind', 1)
  else
    due(n, today)
  end
  tails[lane] = n
  field('lanes', lane, n)
end

-- Takes a delivery, the first of its lane, out of that, given the one behind it, if there is one; out of what waits its caller
-- takes it. Whoever was behind it is due then; whether there was one is returned.
local function leave(n, lane, behind)
  if lane == '' then
    return false
  end
  if not behind then
    unfield('lanes', lane)
    return false
  end
  unfield('next', n)
  weigh('behind', -1)
  due(behind, today)
  return true
end

-- Brings a dead delivery back, as if it had just come. Returns whether it was dead.
local function revive(n)
  if redis.call('ZREM', B .. 'dead', n) == 0 then
    return false
  end
  local it, lane = item(n), lane_and_names(redis.call('HGET', B .. 'heads', n))
  weigh('dead', -size(n))
  weigh('due', size(n))
  it.since, it.attempts, it.lapses = today, '0', '0'
  save(n, it)
  drop(WHY .. n)
  enter(n, lane)
  return true
end

-- Whether a delivery is in the hand of who holds a fence: 'ok' | 'lost' | 'gone'.
local function standing(hand, fence)
  if not hand then
    return 'gone'
  end
  local known, held = string.match(hand, '^(%d+) (%d)')
  return (known == fence and held == '1') and 'ok' or 'lost'
end
