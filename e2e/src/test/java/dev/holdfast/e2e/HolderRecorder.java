package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Asks every pod of the example all the time whether it leads, and keeps what must never be seen. */
final class HolderRecorder implements AutoCloseable {

    private static final int PORT = 8080;
    private static final Duration BETWEEN_ANSWERS = Duration.ofMillis(30);
    private static final Duration BETWEEN_LISTS = Duration.ofMillis(300);

    private final Kube kube;
    private final String app;
    private final Map<String, Thread> pods = new ConcurrentHashMap<>();
    private final List<Observation> holders = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Set<String> denials = new HashSet<>();
    private final Thread lister;
    private long answers;
    private long lastHeld = System.nanoTime();

    HolderRecorder(Kube kube, String app) {
        this.kube = kube;
        this.app = app;
        this.lister = Thread.ofVirtual().name("recorder").start(this::follow);
    }

    /** The newest holder seen; null before the first. */
    synchronized @Nullable Observation latest() {
        return holders.isEmpty() ? null : holders.getLast();
    }

    /** For how long no pod has said that it leads, which may also be because none was heard. */
    synchronized Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastHeld);
    }

    /** Whether all these pods have said, since one last said it leads, that they do not. */
    synchronized boolean allDeny(Set<String> names) {
        return denials.containsAll(names);
    }

    /** When a pod last said that it leads, in System.nanoTime(). */
    synchronized long lastHeld() {
        return lastHeld;
    }

    synchronized List<Observation> holders() {
        return List.copyOf(holders);
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized long answers() {
        return answers;
    }

    private void follow() {
        while (pause(BETWEEN_LISTS)) {
            try {
                for (var pod : kube.pods("app", app)) {
                    String name = pod.getMetadata().getName();
                    pods.computeIfAbsent(name, _ -> Thread.ofVirtual().start(() -> ask(name)));
                }
            } catch (KubernetesClientException _) {
                // Asked again in a moment.
            }
        }
    }

    private void ask(String pod) {
        while (pause(BETWEEN_ANSWERS)) {
            Observation before = latest();
            JsonNode answer = kube.get(pod, PORT);
            if (answer != null) {
                record(pod, answer, before);
            } else if (!pause(BETWEEN_LISTS)) {
                return;
            }
        }
    }

    /**
     * Judges one answer by what was known before it was asked for: whoever holds after somebody else was seen to
     * hold must have a greater token.
     */
    private synchronized void record(String pod, JsonNode answer, @Nullable Observation before) {
        answers++;
        if (!answer.path("leads").asBoolean()) {
            denials.add(pod);
            return;
        }
        Observation seen = new Observation(pod, answer.path("fencingToken").asLong(), System.nanoTime());
        lastHeld = seen.at();
        denials.clear();
        if (before != null && seen.token() < before.token()) {
            violations.add(seen + " after " + before);
        }
        Observation newest = latest();
        if (newest == null || seen.token() > newest.token()) {
            holders.add(seen);
        } else if (seen.token() == newest.token() && !seen.pod().equals(newest.pod())) {
            violations.add("one token, two pods: " + seen + " and " + newest);
        }
    }

    private static boolean pause(Duration duration) {
        try {
            Thread.sleep(duration);
            return true;
        } catch (InterruptedException _) {
            return false;
        }
    }

    @Override
    public void close() {
        lister.interrupt();
        pods.values().forEach(Thread::interrupt);
    }
}
