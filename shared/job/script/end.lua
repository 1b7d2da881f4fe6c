-- How a job ends. It stands on count.lua.

-- The end of a job: frees its lock, wakes its parent, tells the audit, is counted. A sign-off is waited for by people, so a
-- job that needed one tells nothing of how long jobs wait.
local function finish(id, state, who, reason)
  local lock, above, parent, fn, command, created, started, asked, signoff, logged, version =
    read(id, 'lock', 'above', 'parent', 'function', 'command', 'created', 'started', 'cancel_at', 'signoff', 'logged', 'version')
  set(id, 'version', version + 1, 'changed', stamp, 'state', state, 'finished', stamp, 'lease', '', 'wake', '', 'behind', '', 'error', reason)
  seen(id)
  redis.call('ZREM', P .. 'open', id)
  redis.call('ZREM', P .. 'due', id)
  redis.call('ZADD', P .. (notice(fn, command) and 'notices' or 'finished'), stamp, id)
  if logged ~= '' then
    redis.call('ZADD', P .. 'logs', stamp, id)
  end
  if lock ~= '' then
    leave(id, lock, above)
  end
  if parent ~= '' then
    wake(parent)
  end
  audit(who, state, id, reason)
  if not notice(fn, command) then
    count(command, '', state, between(started, now), signoff == '' and between(created, started) or '',
      state == 'cancelled' and between(asked, now) or '')
  end
end
