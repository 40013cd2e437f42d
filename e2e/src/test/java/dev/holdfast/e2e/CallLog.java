package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.e2e.Leaders.Leader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one client of a leader's Service was answered, call after call. Each call began after the answer of the one before
 * was there, so what they say can be held against each other in this order, whatever clocks show.
 */
record CallLog(List<Call> calls) {

    private static final int FIELDS = 5;
    private static final String NO_STATUS = "-";
    private static final int OK = 200;

    /**
     * One call.
     *
     * @param began in milliseconds by the client's clock, which never goes back
     * @param ended likewise
     * @param leader who answered as leader; null if there was no answer, or one of a pod that does not lead
     */
    record Call(
            long began, long ended, int status, @Nullable Leader leader) {}

    /** Reads what service-caller.pl prints of one of its targets. */
    static CallLog parse(Stream<String> lines, String target) {
        return new CallLog(lines.map(CallLog::fields)
                .filter(fields -> fields[0].equals(target))
                .map(CallLog::call)
                .toList());
    }

    private static String[] fields(String line) {
        String[] fields = line.split(" ", FIELDS);
        if (fields.length < FIELDS) {
            throw new IllegalArgumentException("no call: " + line);
        }
        return fields;
    }

    private static Call call(String[] fields) {
        long began = Long.parseLong(fields[1]);
        long ended = Long.parseLong(fields[2]);
        if (fields[3].equals(NO_STATUS)) {
            return new Call(began, ended, 0, null);
        }
        JsonNode body = Kube.json(fields[4]);
        Leader leader = body.path("leads").asBoolean()
                ? new Leader(
                        body.path("pod").asText(), body.path("fencingToken").asLong())
                : null;
        return new Call(began, ended, Integer.parseInt(fields[3]), leader);
    }

    /** How many calls had an answer. */
    long answers() {
        return calls.stream().filter(call -> call.status == OK).count();
    }

    Leaders leaders() {
        return Leaders.of(ledCalls().map(Call::leader).toList());
    }

    int handOvers() {
        return Math.max(0, leaders().inOrder().size() - 1);
    }

    List<String> violations() {
        return leaders().violations();
    }

    /** The longest time in which no leader answered, from its first answer to the end of the log. */
    Duration longestGap() {
        List<Long> answered = new ArrayList<>(ledCalls().map(Call::ended).toList());
        if (answered.isEmpty()) {
            throw new IllegalStateException("no leader ever answered in " + calls.size() + " calls");
        }
        answered.add(calls.getLast().ended);
        long longest = 0;
        for (int i = 1; i < answered.size(); i++) {
            longest = Math.max(longest, answered.get(i) - answered.get(i - 1));
        }
        return Duration.ofMillis(longest);
    }

    /** When the first answer ended of a leader with a greater token than this, by the client's clock; null if none did. */
    @Nullable
    Long firstAnswerAfter(long token) {
        return ledCalls()
                .filter(call -> Objects.requireNonNull(call.leader).token() > token)
                .map(Call::ended)
                .findFirst()
                .orElse(null);
    }

    /** The last call's leader; null if it had none. */
    @Nullable
    Leader last() {
        return calls.isEmpty() ? null : calls.getLast().leader;
    }

    /** Without the calls before this many. */
    CallLog after(int count) {
        return new CallLog(calls.subList(Math.min(count, calls.size()), calls.size()));
    }

    private Stream<Call> ledCalls() {
        return calls.stream().filter(call -> Objects.nonNull(call.leader));
    }
}
