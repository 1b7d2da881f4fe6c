-- Puts entries into an outbox.
-- KEYS[1] the outbox
-- ARGV the entries, see append
-- Returns how many they were
return #append(KEYS[1], 1)
