-- Lets a waiting job go on before its time.
-- ARGV[2] id
-- Returns nudges
wake(ARGV[2])
return nudges
