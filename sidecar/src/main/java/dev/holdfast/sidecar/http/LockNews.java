package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.ElectionEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one stream says next about a lock. The data is the state at that instant, and the name fits it: what happened in
 * between and is not so any more is left out, except that who was told that it holds is told that it does not.
 */
final class LockNews implements Supplier<Optional<Buffer>> {

    private static final String STATE = "state";
    private static final String HOLDER_CHANGED = "holder-changed";
    private static final String NO_QUORUM = "no-quorum";
    private static final String AT_RISK = "at-risk";

    private final Election election;
    private final Deque<String> happened = new ArrayDeque<>();
    private boolean begun;

    /** The token that the reader believes to hold. */
    private @Nullable Long told;

    LockNews(Election election) {
        this.election = election;
    }

    void add(ElectionEvent event) {
        String name = switch (event) {
            case ElectionEvent.AtRisk _ -> AT_RISK;
            case ElectionEvent.HolderChanged _ -> HOLDER_CHANGED;
            case ElectionEvent.NoQuorum _ -> NO_QUORUM;
            // Told by the token alone.
            case ElectionEvent.Acquired _, ElectionEvent.Lost _ -> "";
            case ElectionEvent.Recovered _, ElectionEvent.QuorumRegained _ -> STATE;
        };
        if (!name.isEmpty()) {
            // At most one of each: what waits for a slow reader is bounded.
            happened.remove(name);
            happened.add(name);
        }
    }

    @Override
    public Optional<Buffer> get() {
        JsonObject state = new LockState(election).json();
        Long token = state.getLong("fencingToken");
        Optional<String> name = name(state, token);
        begun = true;
        told = token;
        happened.clear();
        return name.map(known -> EventStream.event(known, state.encode()));
    }

    private Optional<String> name(JsonObject state, @Nullable Long token) {
        if (!begun) {
            return Optional.of(STATE);
        }
        if (token == null && told != null) {
            return Optional.of("lost");
        }
        if (token != null && !token.equals(told)) {
            return Optional.of("acquired");
        }
        return latestThatIsStillSo(state, token != null);
    }

    private Optional<String> latestThatIsStillSo(JsonObject state, boolean held) {
        JsonObject quorum = state.getJsonObject("quorum");
        boolean hasQuorum = quorum.getLong("reachable") >= quorum.getLong("needed");
        while (!happened.isEmpty()) {
            String name = happened.removeLast();
            boolean stillSo = switch (name) {
                case AT_RISK -> held;
                case HOLDER_CHANGED -> !held;
                case NO_QUORUM -> !hasQuorum;
                default -> true;
            };
            if (stillSo) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
