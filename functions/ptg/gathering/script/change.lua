-- Applies a change of a gathering, unless something that it rests on is not as it was.
-- KEYS[1] the gathering  KEYS[2] its log  KEYS[3] what became of this change, or a key that is never there
-- KEYS[4] the list of gatherings
-- What became of a change is the version after it, how many fields it set, and the reply, with spaces between.
-- ARGV[1] the time in milliseconds, or 0 for this server's own clock
-- ARGV[2] the version that it must have, or '' for any
-- ARGV[3] author's principal  ARGV[4] author's name  ARGV[5] what they said
-- ARGV[6] what is set, JSON, as the log has it  ARGV[7] the change that it undoes, or 0
-- ARGV[8] the reply  ARGV[9] ms for which it is known what became of it, 0 for not at all
-- ARGV[10] the gathering's id  ARGV[11] how the list has it, JSON, or '' to leave that
-- ARGV[12] after how many changes a snapshot is taken  ARGV[13] what begins the keys of snapshots
-- ARGV[14] and on, for each field: its name, what it must be, what it becomes ('' is absent), and 'set' | 'rely'
-- Returns 'done', the version and the time in milliseconds; or 'again' and what became of it before; or 'stale', the field
-- and what it is now, where the field is 'version' when that is not as it must be
local did = redis.call('GET', KEYS[3])
if did then
  return {'again', did}
end
local version, changed = unpack(redis.call('HMGET', KEYS[1], 'version', 'changed'))
version = version or '0'
if ARGV[2] ~= '' and ARGV[2] ~= version then
  return {'stale', 'version', version}
end
local setting = 0
for i = 14, #ARGV, 4 do
  local now = redis.call('HGET', KEYS[1], ARGV[i]) or ''
  if now ~= ARGV[i + 1] then
    return {'stale', ARGV[i], now}
  end
  if ARGV[i + 3] == 'set' then
    setting = setting + 1
  end
end

local at = tonumber(ARGV[1])
if at == 0 then
  local t = redis.call('TIME')
  at = t[1] * 1000 + math.floor(t[2] / 1000)
end
at = string.format('%.0f', math.max(at, tonumber(changed or 0))) -- the log's times never go back

if setting > 0 then
  version = string.format('%.0f', version + 1)
  redis.call('XADD', KEYS[2], version .. '-0',
    'at', at, 'by', ARGV[3], 'name', ARGV[4], 'said', ARGV[5], 'sets', ARGV[6], 'undoes', ARGV[7])
  for i = 14, #ARGV, 4 do
    if ARGV[i + 3] ~= 'set' then
      -- it only had to be as it was
    elseif ARGV[i + 2] == '' then
      redis.call('HDEL', KEYS[1], ARGV[i])
    else
      redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
    end
  end
  redis.call('HSET', KEYS[1], 'version', version, 'changed', at)
  if ARGV[11] ~= '' then
    redis.call('HSET', KEYS[4], ARGV[10], ARGV[11])
  end
  if version % ARGV[12] == 0 then
    redis.call('COPY', KEYS[1], ARGV[13] .. version, 'REPLACE')
  end
  redis.call('PUBLISH', KEYS[1], version)
end
if ARGV[9] ~= '0' then
  redis.call('SET', KEYS[3], version .. ' ' .. setting .. ' ' .. ARGV[8], 'PX', ARGV[9])
end
return {'done', version, at}
