-- Stands before every script that writes into outboxes, behind "local MOST, LIFE = …": how many entries an outbox keeps, and
-- for how many ms.

-- append puts entries at the end of an outbox. ARGV[first] is how many there are; each one's job, kind, text, state and percent
-- follow. Returns their ids.
local function append(outbox, first)
  local ids = {}
  for i = first + 1, first + 5 * tonumber(ARGV[first]), 5 do
    ids[#ids + 1] = redis.call('XADD', outbox, 'MAXLEN', '=', MOST, '*', 'job', ARGV[i], 'kind', ARGV[i + 1],
      'text', ARGV[i + 2], 'state', ARGV[i + 3], 'percent', ARGV[i + 4])
  end
  local oldest = redis.call('TIME')[1] * 1000 - LIFE
  if oldest > 0 then
    redis.call('XTRIM', outbox, 'MINID', '=', string.format('%.0f', oldest))
  end
  redis.call('PEXPIRE', outbox, LIFE)
  return ids
end

