-- Keeps the ending of a record that ARA could not be told. KEYS: the hash, who is tended; ARGV: the start, the ending.
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SADD', KEYS[2], 'ansible') -- the clock has the function look after it
return 'ok'
