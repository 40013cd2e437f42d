package dev.holdfast.sidecar.kubernetes;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where this pod's conditions are kept. */
interface PodStatus {

    /** Begins to change these conditions and no others. Returns at once. */
    Patch patch(List<PodCondition> conditions);

    /** One change on its way. */
    interface Patch {
        /** Completes within a few seconds, and never exceptionally. */
        CompletableFuture<Outcome> outcome();

        /** Ends it now, as {@link Outcome.Unanswered} unless it has ended before. */
        void abandon();
    }

    /** What became of a change. */
    sealed interface Outcome {
        record Patched() implements Outcome {}

        /** It was not made. */
        record Refused(int status, String reason) implements Outcome {}

        /** It never left: no connection, no token. */
        record NotSent(String reason) implements Outcome {}

        /** It may have been made, or may be made yet. */
        record Unanswered(String reason) implements Outcome {}

        /** The pod is gone; another may have its name. */
        record PodGone(int status, String reason) implements Outcome {}
    }
}
