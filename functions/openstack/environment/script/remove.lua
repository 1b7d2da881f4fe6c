-- Forgets an environment of which nothing is left.
-- Returns 'ok' | 'lost' | 'gone' | 'holds': its inventory has something that is not gone, so it stays
if not holds() then
  return 'lost'
end
if redis.call('EXISTS', E) == 0 then
  return 'gone'
end
local all = redis.call('HGETALL', E)
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 5) == 'item:' and cjson.decode(all[i + 1]).state ~= 'gone' then
    return 'holds'
  end
end
redis.call('DEL', E, E .. ':key')
redis.call('ZREM', P .. 'environments', ARGV[1])
if redis.call('ZCARD', P .. 'environments') == 0 then
  redis.call('SREM', P .. 'tended', 'openstack')
end
return 'ok'
