-- Looks a delivery up by one of its names. It writes nothing, so it works when Redis is full.
-- ARGV[2] the name
-- Returns {} | {'done'} (and nothing of it is kept) | {state, at, why, number, hand or '', head, body or '', whether there is a
-- body, note or ''}; state is 'pending' | 'done' | 'dead', and at the time of that, or from which it is due
local n = redis.call('GET', NAME .. ARGV[2])
if not n or n == 'done' then
  local sought = packed(ARGV[2])
  for _, old in ipairs(redis.call('LRANGE', B .. 'kept', 0, -1)) do -- people ask, and it is short
    if string.find(old, sought, 1, true) then
      local number, at, attempts, head = string.match(old, '^(%S+) (%d+) (%d+) (.*)$')
      local _, names = lane_and_names(head)
      for _, name in ipairs(names) do
        if name == '' then
          break -- what it led to stands behind
        end
        if name == ARGV[2] then
          local body = redis.call('GET', BODY .. number)
          return {'done', tonumber(at), '', number, '0 0 0 ' .. attempts .. ' 0 0', head, body or '', body and 1 or 0, ''}
        end
      end
    end
  end
  return {n or nil}
end
local state, at = 'pending', redis.call('ZSCORE', B .. 'due', n) or 0
local died = redis.call('ZSCORE', B .. 'dead', n)
if died then
  state, at = 'dead', died
end
local all = redis.call('MGET', BODY .. n, NOTE .. n, WHY .. n)
local hand, head = redis.call('HGET', B .. 'hands', n), redis.call('HGET', B .. 'heads', n)
return {state, tonumber(at), died and all[3] or '', n, hand or '', head, all[1] or '', all[1] and 1 or 0, all[2] or ''}
