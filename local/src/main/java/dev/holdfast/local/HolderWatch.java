package dev.holdfast.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Watches from outside that there are never two holders and that tokens rise. It raises no false alarm, because it
 * counts a pod as a holder only where its answers prove it:
 *
 * <ul>
 *   <li>An answer is true at some unknown instant between sending and receiving. Two answers with the same token prove
 *       that the pod held from the <em>receipt</em> of the first to the <em>sending</em> of the last, because a lapse is
 *       final: whoever holds again does so with a new token.
 *   <li>A pod that is killed or frozen while it holds gives nothing back, so its last answer stands: it holds for
 *       {@code validForMs}, counted from when the request was <em>sent</em>, the earliest instant at which the answer can
 *       have been made. Nobody else may hold within that time, which is what a crash must not break.
 * </ul>
 *
 * It is not blind either: at one sample each few milliseconds, all but the first and last few of each hold are proven.
 */
final class HolderWatch {
    private final List<Sample> samples = new ArrayList<>();
    /** By pod: how long the answers that it gave before it was silenced stay its last word. */
    private final Map<String, List<Long>> silencedAt = new HashMap<>();

    synchronized void saw(Sample sample) {
        samples.add(sample);
    }

    /** The pod is about to be killed or frozen; nobody has asked it to give the lock up. */
    synchronized void silenced(String pod, long at) {
        silencedAt.computeIfAbsent(pod, _ -> new ArrayList<>()).add(at);
    }

    synchronized int count() {
        return samples.size();
    }

    private synchronized Optional<Sample> firstAfter(int position, Predicate<Sample> wanted) {
        return samples.subList(position, samples.size()).stream().filter(wanted).findFirst();
    }

    synchronized List<Sample> after(int position, Predicate<Sample> wanted) {
        return samples.subList(position, samples.size()).stream().filter(wanted).toList();
    }

    /** The first such answer after that position; the time only ends a wait for what never comes. */
    Sample await(String what, int position, Duration atMost, Predicate<Sample> wanted) throws LocalFailure {
        var deadline = System.nanoTime() + atMost.plusSeconds(5).toNanos();
        while (true) {
            var found = firstAfter(position, wanted);
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LocalFailure("waited in vain for " + what);
            }
            Pause.of(Duration.ofMillis(2));
        }
    }

    /** In the order in which they were first seen. */
    synchronized List<Hold> holds() {
        var bySighting = new LinkedHashMap<List<Object>, List<Sample>>();
        samples.stream()
                .filter(Sample::held)
                .forEach(sample -> bySighting
                        .computeIfAbsent(List.of(sample.pod(), sample.token()), _ -> new ArrayList<>())
                        .add(sample));
        return bySighting.values().stream().map(this::hold).toList();
    }

    /** What was broken, each in one sentence; empty when all held. */
    List<String> violations() {
        var holds = holds();
        var violations = new ArrayList<String>();
        for (int i = 0; i < holds.size(); i++) {
            for (int j = i + 1; j < holds.size(); j++) {
                violation(holds.get(i), holds.get(j)).ifPresent(violations::add);
            }
        }
        return violations;
    }

    private static Optional<String> violation(Hold one, Hold other) {
        if (one.token() == other.token()) {
            return Optional.of(one.pod() + " and " + other.pod() + " both had token " + one.token());
        }
        if (one.certainlyOverlaps(other)) {
            return Optional.of("%s (token %d) and %s (token %d) held at the same time"
                    .formatted(one.pod(), one.token(), other.pod(), other.token()));
        }
        if (contradicts(one, other) || contradicts(other, one)) {
            return Optional.of("tokens did not rise: %d of %s and %d of %s"
                    .formatted(one.token(), one.pod(), other.token(), other.pod()));
        }
        return Optional.empty();
    }

    private static boolean contradicts(Hold earlier, Hold later) {
        return earlier.certainlySeenBefore(later) && earlier.token() > later.token();
    }

    private Hold hold(List<Sample> sightings) {
        var first = sightings.getFirst();
        var last = sightings.getLast();
        var lastWord = last.sentAt() + last.validFor().toNanos();
        var until = wasSilencedWithin(last, lastWord) ? lastWord : last.sentAt();
        return new Hold(first.pod(), first.token(), first.sentAt(), first.receivedAt(), until);
    }

    /** Silenced while that answer was valid, and without having said something else in between. */
    private boolean wasSilencedWithin(Sample last, long lastWord) {
        return silencedAt.getOrDefault(last.pod(), List.of()).stream()
                .filter(at -> at - last.sentAt() > 0 && at - lastWord < 0)
                .anyMatch(at -> samples.stream()
                        .filter(sample -> sample.pod().equals(last.pod()) && !Objects.equals(sample, last))
                        .noneMatch(sample -> sample.sentAt() - last.sentAt() > 0 && sample.receivedAt() - at < 0));
    }
}
