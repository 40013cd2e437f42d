package dev.holdfast.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** A pod that says it leads, and with which token. */
    record Leader(String pod, long token) {}

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

    /** Who answered as leader, one after another; a pod that came back with another token twice. */
    List<Leader> leaders() {
        List<Leader> leaders = new ArrayList<>();
        ledCalls().map(Call::leader).forEach(leader -> {
            if (leaders.isEmpty() || !leaders.getLast().equals(leader)) {
                leaders.add(leader);
            }
        });
        return List.copyOf(leaders);
    }

    int handOvers() {
        return Math.max(0, leaders().size() - 1);
    }

    /** What must never be: a leader without a token, one token of two pods, a token below an earlier one. */
    List<String> violations() {
        List<String> violations = new ArrayList<>();
        Map<Long, String> pods = new HashMap<>();
        Leader greatest = new Leader("", 0);
        for (Leader leader : leaders()) {
            if (leader.token <= 0) {
                violations.add("leads without a token: " + leader);
            }
            String other = pods.putIfAbsent(leader.token, leader.pod);
            if (other != null && !other.equals(leader.pod)) {
                violations.add("one token, two pods: " + leader + " and " + other);
            }
            if (leader.token < greatest.token) {
                violations.add("a token fell: " + leader + " after " + greatest);
            } else {
                greatest = leader;
            }
        }
        return violations;
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
                .filter(call -> Objects.requireNonNull(call.leader).token > token)
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
