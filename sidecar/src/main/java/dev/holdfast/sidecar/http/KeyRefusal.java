package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.mutex.KeyAcquisition;
import dev.holdfast.sidecar.redlock.Acquisition;
import java.util.Optional;

/** What is answered when a key was asked for in vain. */
final class KeyRefusal {

    private KeyRefusal() {}

    static Problem of(KeyAcquisition.Refused refused) {
        return switch (refused.reason()) {
            case Acquisition.HeldByAnother(var holder, var retryAfter) ->
                Problem.conflict(
                        "the key is held in pod " + holder.pod() + "; try again later, or say how long to wait",
                        Optional.of(LockState.holder(holder)),
                        Math.max(1, retryAfter.toMillis()));
            case Acquisition.Contended(var retryAfter) ->
                Problem.conflict(
                        "others ask for the key at this moment; try again, or say how long to wait",
                        Optional.empty(),
                        Math.max(1, retryAfter.toMillis()));
            case Acquisition.NoQuorum none -> Problem.unavailable(none.toString());
            case Acquisition.Cancelled _ -> stopping();
            case Acquisition.Acquired _ -> throw new IllegalStateException("not refused");
        };
    }

    static Problem full(int most) {
        return new Problem(
                429,
                "Too Many Requests",
                "at most " + most + " keys are held or asked for at once in this pod; release some");
    }

    static Problem stopping() {
        return Problem.unavailable("the sidecar stops; its pod ends");
    }

    /** Acquired, but it is over already: whoever froze in between must not be told that it holds. */
    static Problem tooLate() {
        return Problem.conflict("the key was lost again before this answer; try again", Optional.empty(), 1);
    }
}
