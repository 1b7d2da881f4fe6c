-- Forgets finished jobs: those that ended before a time, and the oldest beyond a number. Notices have a time and a number
-- of their own; those that somebody is still to be shown are forgotten as jobs are. While all logs together have more bytes
-- than they may, those of the jobs that ended first are given up before the jobs are.
-- ARGV[2] kept for ms  ARGV[3] how many are kept  ARGV[4] how many to forget at most now
-- ARGV[5] notices are kept for ms  ARGV[6] how many of them are kept
-- ARGV[7] how many bytes all logs may have
-- Returns how many jobs and logs were forgotten
must()
local batch = tonumber(ARGV[4])
local forgotten = 0

local function forget(list, ids)
  for _, id in ipairs(ids) do
    redis.call('DECRBY', P .. 'logged', tonumber(get(id, 'logged')) or 0)
    redis.call('ZREM', P .. 'logs', id)
    redis.call('DEL', J(id), J(id) .. ':story', J(id) .. ':log', J(id) .. ':watchers', J(id) .. ':children', J(id) .. ':retries')
    redis.call('ZREM', P .. list, id)
    redis.call('ZREM', P .. 'notify', id)
  end
  forgotten = forgotten + #ids
end

local function outdated(list, life, most, room)
  local ids = redis.call('ZRANGEBYSCORE', P .. list, '-inf', now - tonumber(life), 'LIMIT', 0, room)
  local surplus = redis.call('ZCARD', P .. list) - #ids - tonumber(most)
  if #ids < room and surplus > 0 then
    for _, id in ipairs(redis.call('ZRANGE', P .. list, #ids, #ids + math.min(surplus, room - #ids) - 1)) do
      ids[#ids + 1] = id
    end
  end
  return ids
end

forget('finished', outdated('finished', ARGV[2], ARGV[3], batch))
forget('notices', outdated('notices', ARGV[2], math.max(ARGV[3], ARGV[6]), batch - forgotten))
local shown = {}
for _, id in ipairs(outdated('notices', ARGV[5], ARGV[6], 5 * batch)) do
  if #shown < batch - forgotten and not redis.call('ZSCORE', P .. 'notify', id) then
    shown[#shown + 1] = id
  end
end
forget('notices', shown)

local logs = tonumber(redis.call('GET', P .. 'logged') or 0)
while logs > tonumber(ARGV[7]) and forgotten < batch do
  local id = redis.call('ZRANGE', P .. 'logs', 0, 0)[1]
  if not id then
    break
  end
  local bytes = tonumber(get(id, 'logged')) or 0
  redis.call('ZREM', P .. 'logs', id)
  redis.call('DEL', J(id) .. ':log')
  set(id, 'logged', 0)
  log(id, {string.format('[its log of %d bytes was given up: there was no room for the logs of all jobs]', bytes)})
  logs = redis.call('DECRBY', P .. 'logged', bytes)
  forgotten = forgotten + 1
end
return forgotten
