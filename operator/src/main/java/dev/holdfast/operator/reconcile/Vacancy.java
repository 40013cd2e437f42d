package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.DistributedLockStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The moment of a hand-over: the last holder has said that it holds no more, the next has not said yet that it does. Pure.
 *
 * <p>Label and endpoint stay where they are for that moment: kube-proxy brings one change to a machine at once, and a second
 * one up to a second later, so an endpoint that is emptied first hides the next holder for that second.
 */
final class Vacancy {

    /** Between one and two seconds, as conditions have whole seconds. */
    static final Duration MOMENT = Duration.ofSeconds(2);

    private Vacancy() {}

    /** Whether somebody is likely to say at once that he holds. */
    static boolean isFresh(DistributedLock lock, Contest contest, Instant now) {
        if (contest.holder().isPresent() || contest.candidates() == 0) {
            return false;
        }
        return Optional.ofNullable(lock.getStatus()).map(DistributedLockStatus::conditions).orElse(List.of()).stream()
                .filter(condition -> condition.getType().equals("Held"))
                .anyMatch(held -> held.getStatus().equals("True")
                        || isBetween(Instant.parse(held.getLastTransitionTime()), now.minus(MOMENT), now));
    }

    private static boolean isBetween(Instant time, Instant from, Instant to) {
        return time.isAfter(from) && !time.isAfter(to);
    }
}
