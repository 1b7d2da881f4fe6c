-- Forgets an ending that ARA was told, unless there is another one of the same start by now. KEYS: the hash, who is tended; ARGV: the start, the ending.
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SREM', KEYS[2], 'ansible')
end
return 'ok'
