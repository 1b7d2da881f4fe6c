-- Appends to an address' outbox and records what the address has been shown, in one act.
-- ARGV[1] job  ARGV[2] address
-- ARGV[3] version, ARGV[4] story and ARGV[5] ref that were read as shown before; nothing is done if that is no longer so
-- ARGV[6] what has been shown then, JSON  ARGV[7] its ref, which gets the id of the new progress entry in front
-- ARGV[8] the earlier progress entry, deleted now, or ''
-- ARGV[9] the IRC network of the address, or ''
-- ARGV[10] which of the entries is progress, 0 for none  ARGV[11] the entries, see append of shared/outbox
-- Returns {'gone'} | {'moved'} (see stale of door/shown.lua) | {'ok', ref}
local outbox = P .. 'outbox:' .. ARGV[2]
local why = stale(ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])
if why then
  return {why}
end
if ARGV[8] ~= '' then
  redis.call('XDEL', outbox, ARGV[8])
end
local ids = append(outbox, 11)
if ARGV[9] ~= '' and #ids > 0 then -- the gateway is told where something waits, see shared/irc
  local network, time = P .. 'irc:' .. ARGV[9], redis.call('TIME')
  local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  redis.call('ZADD', network .. ':waiting', 'NX', now, ARGV[2])
  redis.call('XADD', network .. ':wake', 'MAXLEN', '1', '*', 'wake', '1')
  redis.call('PEXPIRE', network .. ':wake', LIFE)
end
local after = cjson.decode(ARGV[6])
after.ref = (ids[tonumber(ARGV[10])] or '-') .. ' ' .. ARGV[7]
redis.call('HSET', watchers(ARGV[1]), ARGV[2], cjson.encode(after))
return {'ok', after.ref}
