package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.http.EventReader;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sidecars that are killed, frozen, cut off and ended; nodes that vanish and come back empty. */
@Timeout(120)
class SidecarFaultsTest extends TwoSidecars {

    private static long token(JsonObject state) {
        return state.getLong("fencingToken");
    }

    private long tokenOfA() throws InterruptedException {
        return token(a.state().orElseThrow());
    }

    @Test
    void aKilledHolderIsFollowedAfterItsLeaseByALargerToken() throws Exception {
        long token = tokenOfA();
        a.kill();
        JsonObject state = b.await(PATIENCE, held -> held.getBoolean("held"));
        assertThat(token(state)).isGreaterThan(token);
    }

    @Test
    void aTerminatedHolderHandsOverBeforeItGoes() throws Exception {
        long token = tokenOfA();
        int code = a.terminate();
        assertThat(code).isZero();
        // Far below the lease: it was released, not waited out.
        JsonObject state = b.await(LEASE.dividedBy(2), held -> held.getBoolean("held"));
        assertThat(token(state)).isGreaterThan(token);
    }

    @Test
    void aFrozenHolderNeverSaysThatItHoldsAfterItsLease() throws Exception {
        long token = tokenOfA();
        a.signal("STOP");
        List<CompletableFuture<JsonObject>> askedWhileFrozen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            askedWhileFrozen.add(a.stateLater());
        }
        JsonObject successor = b.await(PATIENCE, state -> state.getBoolean("held"));
        a.signal("CONT");
        for (CompletableFuture<JsonObject> answer : askedWhileFrozen) {
            assertThat(answer.get(20, TimeUnit.SECONDS).getBoolean("held")).isFalse();
        }
        a.await(PATIENCE, state -> !state.getBoolean("held") && holderIs(state, "pod-b"));
        assertThat(token(successor)).isGreaterThan(token);
        assertThat(b.holds()).isTrue();
    }

    @Test
    void neitherALongPollNorAStreamSaysHeldAfterAFreeze() throws Exception {
        long token = tokenOfA();
        try (EventReader events = a.events()) {
            assertThat(events.next().held()).isTrue();
            a.signal("STOP");
            List<CompletableFuture<JsonObject>> askedWhileFrozen = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                askedWhileFrozen.add(a.stateLater("?until=held&timeout=1s"));
            }
            CompletableFuture<EventReader> streamedWhileFrozen = CompletableFuture.supplyAsync(() -> {
                try {
                    return a.events();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            JsonObject successor = b.await(PATIENCE, state -> state.getBoolean("held"));
            a.signal("CONT");
            assertThat(events.await(event -> !event.name().equals(":")).name()).isEqualTo("lost");
            for (CompletableFuture<JsonObject> answer : askedWhileFrozen) {
                assertThat(answer.get(20, TimeUnit.SECONDS).getBoolean("held")).isFalse();
            }
            try (EventReader late = streamedWhileFrozen.get(20, TimeUnit.SECONDS)) {
                EventReader.Event first = late.next();
                assertThat(first.name()).isEqualTo("state");
                assertThat(first.held()).isFalse();
            }
            events.await(event -> holderIs(event.data(), "pod-b"));
            assertThat(events.seen().stream().skip(1)).noneMatch(EventReader.Event::held);
            assertThat(token(successor)).isGreaterThan(token);
        }
    }

    @Test
    void asManyStreamsAsThereMayBeFitIntoItsMemory() throws Exception {
        long token = tokenOfA();
        List<Socket> readers = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                Socket reader = a.unreadEvents();
                readers.add(reader);
                assertThat(reader.getInputStream().read()).isEqualTo('H');
            }
            assertThat(a.state().orElseThrow().getLong("fencingToken")).isEqualTo(token);
            // All are told of the loss at once.
            assertThat(a.terminate()).isZero();
            b.await(LEASE.dividedBy(2), state -> state.getBoolean("held"));
        } finally {
            for (Socket reader : readers) {
                reader.close();
            }
        }
    }

    @Test
    void aHolderThatIsCutOffFromTheNodesGivesUpBeforeAnotherTakesOver() throws Exception {
        long token = tokenOfA();
        proxiesOfA.forEach(CutProxy::swallow);
        CompletableFuture<JsonObject> successor = CompletableFuture.supplyAsync(() -> {
            try {
                return b.await(PATIENCE, state -> state.getBoolean("held"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        while (!successor.isDone()) {
            // Asked first: b cannot have begun to hold while a still did.
            boolean bHolds = b.holds();
            boolean aHolds = a.holds();
            assertThat(bHolds && aHolds).isFalse();
        }
        assertThat(token(successor.get())).isGreaterThan(token);
        proxiesOfA.forEach(CutProxy::heal);
        a.await(PATIENCE, state -> holderIs(state, "pod-b"));
    }

    @Test
    void theLossOfAMinorityChangesNothing() throws Exception {
        long token = tokenOfA();
        cluster.server(1).kill();
        for (long until = System.nanoTime() + LEASE.multipliedBy(2).toNanos(); System.nanoTime() < until; ) {
            assertThat(tokenOfA()).isEqualTo(token);
            Thread.sleep(20);
        }
        cluster.server(1).start();
        a.await(PATIENCE, state -> state.getJsonObject("quorum").getInteger("reachable") == 3);
        assertThat(tokenOfA()).isEqualTo(token);
    }

    @Test
    void theLossOfAMajorityEndsTheLeaseAndItsReturnBringsALargerToken() throws Exception {
        long token = tokenOfA();
        cluster.server(0).kill();
        cluster.server(1).kill();
        a.await(PATIENCE, state -> state.getString("state").equals("NoQuorum"));
        b.await(PATIENCE, state -> state.getString("state").equals("NoQuorum"));
        cluster.server(0).start();
        cluster.server(1).start();
        long next = 0;
        while (next == 0) {
            for (SidecarProcess each : List.of(a, b)) {
                JsonObject state = each.state().orElseThrow();
                next = Math.max(next, state.getBoolean("held") ? token(state) : 0);
            }
        }
        assertThat(next).isGreaterThan(token);
    }

    @Test
    void connectionsThatBreakAreMadeAnewAndTheLeaseGoesOn() throws Exception {
        long token = tokenOfA();
        for (int i = 0; i < 5; i++) {
            proxiesOfA.forEach(CutProxy::cut);
            Thread.sleep(LEASE.dividedBy(4).toMillis());
        }
        assertThat(tokenOfA()).isEqualTo(token);
    }
}
