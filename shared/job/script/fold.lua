-- Adds up what was counted and is not added up yet.
-- Returns nothing
must()
fold()
