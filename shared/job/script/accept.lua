-- Makes a job, once per idempotency key.
-- ARGV[2]   nonce, or ''            ARGV[3]   token: tells our own retry from a replay
-- ARGV[4]   idempotency key, or ''  ARGV[5]   its life in ms
-- ARGV[6]   life of a nonce in ms   ARGV[7]   sign-off must come within ms, or 0 for none needed
-- ARGV[8]   what its story begins with, or ''
-- ARGV[9]   number of addresses that watch, then the addresses, then field, value, field, value, …
-- Returns   {'replayed'} | {'parent'}: the job that asks for it is over, or is to stop | {'existing', id, state} | {'new', id, state, nudges}
-- The field closing is the fence under which the parent is stepped: who holds that may ask for more also when the parent is
-- to stop, and a cancel of the parent does not reach it.
local nonce = ARGV[2] ~= '' and P .. 'nonce:' .. ARGV[2]
if nonce then
  local seen = redis.call('GET', nonce)
  if seen then
    local token, id = string.match(seen, '^(%S+) ?(.*)$')
    if token ~= ARGV[3] then
      return {'replayed'}
    end
    return {'existing', id, get(id, 'state')}
  end
end
local key = ARGV[4] ~= '' and P .. 'idem:' .. ARGV[4]
if key then
  local id = redis.call('GET', key)
  if id then
    must() -- who hears that nothing was started must not have started it
    if nonce then
      redis.call('SET', nonce, ARGV[3] .. ' ' .. id, 'PX', ARGV[6])
    end
    return {'existing', id, get(id, 'state')}
  end
end

local record = {}
for i = 10 + tonumber(ARGV[9]), #ARGV, 2 do
  record[ARGV[i]] = ARGV[i + 1]
end
if record.parent then
  local state, asked = read(record.parent, 'state', 'cancel_at')
  local held = record.closing and holds(record.parent, record.closing)
  if state == '' or final(state) or (record.closing and not held) or (asked ~= '' and not held) then
    return {'parent'}
  end
end

-- The number is scrambled so that neighbours look unlike each other; within a length no id comes twice.
local digits = '0123456789abcdefghjkmnpqrstvwxyz'
-- A counter that is not there may have been lost: the minutes since 2026 are past what a bot of less than a job a minute has given.
local number, length, space = redis.call('INCR', P .. 'seq'), 4, 1048576
if number == 1 then
  number = math.max(1, math.floor((now - 1767225600000) / 60000))
  redis.call('SET', P .. 'seq', number)
end
while number >= space do
  number, length, space = number - space, length + 1, space * 32
end
number = (number * 413077 + 271828) % space
local id = ''
for _ = 1, length do
  local digit = number % 32
  id = id .. string.sub(digits, digit + 1, digit + 1)
  number = (number - digit) / 32
end

if key then
  redis.call('SET', key, id, 'PX', ARGV[5])
end
if nonce then
  redis.call('SET', nonce, ARGV[3] .. ' ' .. id, 'PX', ARGV[6])
end

local watchers = tonumber(ARGV[9])
for i = 10, 9 + watchers do
  redis.call('HSET', J(id) .. ':watchers', ARGV[i], '{}')
end
redis.call('ZADD', P .. 'open', stamp, id)
if record.parent then
  redis.call('SADD', J(record.parent) .. ':children', id)
end
if record.retry_of and redis.call('EXISTS', J(record.retry_of)) == 1 then
  redis.call('RPUSH', J(record.retry_of) .. ':retries', id)
end

local state, till, behind, lock, above = 'queued', '', '', record.lock or '', ''
if ARGV[7] ~= '0' then
  state, till = 'confirming', now + tonumber(ARGV[7])
  due(id, till)
else
  due(id, stamp)
  if lock ~= '' then
    lock, above = below(lock, record.parent or '')
    behind = queue_up(id, lock)
  end
  nudge(id, record['function'])
end
audit(record.principal or '', 'accepted', id, record.text or '')
set(id, 'id', id, 'state', state, 'created', stamp, 'changed', stamp, 'version', '1', 'fence', '0', 'attempt', '0', 'lapses', '0',
  'until', till, 'behind', behind, unpack(ARGV, 10 + watchers))
if not notice(record['function'], record.command) then
  count(record.command or '', record.origin and cjson.decode(record.origin).door or '', '', '', '', '')
end
if above ~= '' then
  set(id, 'needs', record.lock, 'lock', lock, 'above', above)
end
if ARGV[8] ~= '' then
  say(id, ARGV[8])
end
if watchers > 0 then
  show(id)
end
if hopeless(id, behind) then
  state = 'failed'
end
return {'new', id, state, nudges}
