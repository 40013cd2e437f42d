-- KEYS[5]: waiters    ARGV[3]: waiter
redis.call('ZREM',KEYS[5],ARGV[3])
return 1
