-- Skips ids that jobs may have been given of which Redis knows nothing any more.
-- ARGV[2] how many
-- Returns 1
if redis.call('EXISTS', P .. 'seq') == 1 then -- else accept.lua begins anew
  redis.call('INCRBY', P .. 'seq', ARGV[2])
end
return 1
