-- Brings forward what lies too far ahead since the clock was set back: when jobs are looked at, and leases whose holder may be gone.
-- A holder that lives renews its lease in time; to be looked at early does a job no harm.
-- ARGV[2] and on: ids
-- Returns 1
must()
for i = 2, #ARGV do
  local id = ARGV[i]
  local state, lease, behind = read(id, 'state', 'lease', 'behind')
  if state == 'queued' and behind == '' then
    due(id, stamp)
  elseif (state == 'running' or state == 'cancelling') and lease ~= '' then
    local lapses = tonumber(lease)
    if lapses > now + 60000 then
      lapses = now + 10000
      set(id, 'lease', lapses)
    end
    set(id, 'wake', '') -- the wish to stop may have set it
    due(id, lapses)
  else
    wake(id)
  end
end
return 1
