package dev.holdfast.sidecar.redlock;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What contenders of this process that gave up have seen, for those that come after them: an application that tries again
 * and again, and never waits, must come to see a crashed holder's lease run out all the same. Thread-safe.
 */
final class WitnessMemory {

    /** Locks have names without a bound in number; whoever is forgotten here is watched anew. */
    static final int MOST = 1024;

    private final Map<String, Observations> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Observations> eldest) {
            return size() > MOST;
        }
    };

    /** Tells a new contender what is known of its lock. */
    void recall(String lock, Observations observations) {
        Observations earlier;
        synchronized (this) {
            earlier = known.get(lock);
        }
        if (earlier != null) {
            observations.recall(earlier);
        }
    }

    /** A contender has given up; answers that still come to it count as well. */
    synchronized void keep(String lock, Observations observations) {
        if (observations.isAnyTaken()) {
            known.put(lock, observations);
        } else {
            known.remove(lock);
        }
    }

    /** This process has the lock: of others there is nothing to know. */
    synchronized void forget(String lock) {
        known.remove(lock);
    }
}
