package dev.holdfast.benchmarks;

import java.io.IOException;

/** A contestant's lock, in the two ways the rows use it. */
interface LockClient extends AutoCloseable {
    /** Takes a free lock, without waiting. */
    Hold take(String key) throws Exception;

    /** Waits until it holds, and keeps the lock alive until it is released. */
    default Hold await(String key) throws Exception {
        throw new UnsupportedOperationException("does not wait: " + key);
    }

    @Override
    void close() throws IOException;

    interface Hold {
        void release() throws Exception;
    }
}
