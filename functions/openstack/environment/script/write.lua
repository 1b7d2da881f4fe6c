-- Writes what a job has done with an environment.
-- ARGV[4] number of fields, then the pairs; an empty value forgets its field
-- then the name of the template whose making took the next, in ms, or ''
-- then a sealed private key, or ''  then for how many ms it can be handed over
-- Returns 'ok' | 'lost': another worker has the job | 'gone': there is no such environment
if not holds() then
  return 'lost'
end
if redis.call('EXISTS', E) == 0 then
  return 'gone'
end
local before = redis.call('HGET', E, 'state')
local at = fields(4)
if ARGV[at] ~= '' and before ~= redis.call('HGET', E, 'state') then -- a repeated write counts once
  local took = P .. 'environment:took:' .. ARGV[at]
  redis.call('LPUSH', took, ARGV[at + 1])
  redis.call('LTRIM', took, 0, 19)
end
if ARGV[at + 2] ~= '' then
  redis.call('SET', E .. ':key', ARGV[at + 2], 'PX', ARGV[at + 3])
end
return 'ok'
