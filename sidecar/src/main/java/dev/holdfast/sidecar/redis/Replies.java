package dev.holdfast.sidecar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.sidecar.redlock.LockRecord;
import dev.holdfast.sidecar.redlock.Reply;
import dev.holdfast.sidecar.redlock.Request;
import java.util.List;

/** What scripts answer, as replies. */
final class Replies {

    private Replies() {}

    /** The short answer: done as asked; to an acquisition: the very number that was asked for, after a clean release. */
    static Reply done(Request request) {
        return request instanceof Request.Acquire acquire ? new Reply.Granted(acquire.hint(), false) : new Reply.Done();
    }

    static Reply parse(String kind, List<?> answer) {
        return switch (kind) {
            case "GRANTED" ->
                new Reply.Granted(number(answer, 1), text(answer, 2).equals("1"));
            case "HELD" -> new Reply.Held(record(answer), number(answer, 4));
            case "OBSERVED" -> new Reply.Observed(record(answer), number(answer, 4), (int) number(answer, 5));
            case "STALE" -> new Reply.Stale();
            case "GONE" -> new Reply.Gone();
            case "OVERTAKEN" -> new Reply.Overtaken(number(answer, 1));
            case "ADMITTED" -> new Reply.Admitted(text(answer, 1), text(answer, 2), number(answer, 3));
            case "FORGOTTEN" ->
                new Reply.Forgotten(
                        text(answer, 1),
                        text(answer, 2),
                        text(answer, 3),
                        number(answer, 4),
                        text(answer, 5).equals("1"));
            case "REFUSED" -> new Reply.NoVote(text(answer, 1));
            default -> throw new IllegalStateException("unknown answer of a script: " + kind);
        };
    }

    /** A notification: the lock's entry. */
    static Reply.Observed change(String message) {
        String[] fields = message.split(" ", -1);
        LockRecord record = new LockRecord(fields[1], Long.parseLong(fields[2]), Long.parseLong(fields[3]));
        return new Reply.Observed(record, Long.parseLong(fields[0]), 0);
    }

    private static LockRecord record(List<?> answer) {
        return new LockRecord(text(answer, 1), number(answer, 2), number(answer, 3));
    }

    static String text(List<?> answer, int index) {
        return switch (answer.get(index)) {
            case byte[] bytes -> new String(bytes, UTF_8);
            case Long number -> number.toString();
            case null, default -> throw new IllegalStateException("unexpected answer of a script: " + answer);
        };
    }

    private static long number(List<?> answer, int index) {
        return Long.parseLong(text(answer, index));
    }
}
