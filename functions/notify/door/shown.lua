-- Stands before every script about what an address has been shown of a job.
-- KEYS[1] the prefix of all keys; all others are computed from it

local P = KEYS[1]

local function watchers(job)
  return P .. 'job:' .. job .. ':watchers'
end

-- stale says why nothing may be shown or recorded by who has read a version, story and ref as shown before: 'gone' (the
-- address no longer follows the job) | 'moved' (somebody else has shown something since) | nil
local function stale(job, address, version, story, ref)
  local known = redis.call('HGET', watchers(job), address)
  if not known then
    return 'gone'
  end
  local before = cjson.decode(known)
  if (before.version or 0) ~= tonumber(version) or (before.story or '') ~= story or (before.ref or '') ~= ref then
    return 'moved'
  end
end

-- The hand in which an address is: '<token> <until when, ms>'.
local function hand(job, address)
  return P .. 'showing:' .. job .. ':' .. address
end

-- busy is for how many ms an address is in the hand of another one than the token's; nil for not at all.
local function busy(job, address, token, now)
  local holder, till = string.match(redis.call('GET', hand(job, address)) or '', '^(%S+) (%d+)$')
  if holder and holder ~= token and tonumber(till) > now then
    return tonumber(till) - now
  end
end

-- take has an address in the token's hand for some ms.
local function take(job, address, token, now, ms)
  redis.call('SET', hand(job, address), token .. ' ' .. string.format('%.0f', now + ms), 'PX', ms * 2)
end

