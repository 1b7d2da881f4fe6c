-- Takes an address of a job in hand, or keeps it there: one showing at a time writes outside for it.
-- ARGV[1] the time in ms, by the clock of jobs  ARGV[2] job  ARGV[3] address
-- ARGV[4] version, ARGV[5] story and ARGV[6] ref that were read as shown before
-- ARGV[7] the showing's token  ARGV[8] ms for which the address is in its hand then
-- Returns {'gone'} | {'moved'} (see stale) | {'busy', ms} (in another one's hand) | {'ok'}
local now, job, address, token = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[7]
local why = stale(job, address, ARGV[4], ARGV[5], ARGV[6])
if why then
  return {why}
end
local wait = busy(job, address, token, now)
if wait then
  return {'busy', wait}
end
take(job, address, token, now, ARGV[8])
return {'ok'}
