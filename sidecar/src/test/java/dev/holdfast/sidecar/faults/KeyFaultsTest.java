package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.http.EventReader;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys of sidecars that are killed, frozen and ended. */
@Timeout(120)
class KeyFaultsTest extends TwoSidecars {

    private static JsonObject acquired(CompletableFuture<HttpResponse<String>> answer) throws Exception {
        HttpResponse<String> response = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return new JsonObject(response.body());
    }

    private static void assertLarger(JsonObject token, JsonObject than) {
        assertThat(token.getLong("fencingToken")).isGreaterThan(than.getLong("fencingToken"));
    }

    private CompletableFuture<HttpResponse<String>> waiterInB() {
        CompletableFuture<HttpResponse<String>> waiter = b.acquireLater("key", "{\"wait\":\"40s\"}");
        await().during(Duration.ofMillis(300)).until(() -> !waiter.isDone());
        return waiter;
    }

    @Test
    void aKilledSidecarsKeyIsFreeAfterItsLease() throws Exception {
        JsonObject first = acquired(a.acquireLater("key", "{\"autoRenew\":true}"));
        CompletableFuture<HttpResponse<String>> waiter = waiterInB();
        a.kill();
        assertLarger(acquired(waiter), first);
    }

    @Test
    void aFrozenSidecarNeverSaysThatAKeyIsHeldAfterItsLease() throws Exception {
        JsonObject first = acquired(a.acquireLater("key", "{\"autoRenew\":true}"));
        try (EventReader stream = a.hold("held")) {
            assertThat(stream.next().held()).isTrue();
            CompletableFuture<HttpResponse<String>> waiter = waiterInB();
            a.signal("STOP");
            List<CompletableFuture<HttpResponse<String>>> askedWhileFrozen = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                askedWhileFrozen.add(a.leaseLater(first.getString("leaseId")));
            }
            JsonObject second = acquired(waiter);
            acquired(b.acquireLater("held", "{\"wait\":\"40s\"}"));
            a.signal("CONT");
            for (CompletableFuture<HttpResponse<String>> answer : askedWhileFrozen) {
                assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(410);
            }
            assertThat(stream.await("lost").held()).isFalse();
            stream.awaitEnd();
            assertThat(stream.seen().stream().skip(1)).noneMatch(EventReader.Event::held);
            assertLarger(second, first);
        }
    }

    @Test
    void aSidecarThatEndsReleasesItsKeysAndTellsWhoWaits() throws Exception {
        JsonObject first = acquired(a.acquireLater("key", "{\"autoRenew\":true}"));
        acquired(b.acquireLater("of-b", "{\"autoRenew\":true}"));
        CompletableFuture<HttpResponse<String>> waiter = waiterInB();
        CompletableFuture<HttpResponse<String>> waiterInA = a.acquireLater("of-b", "{\"wait\":\"60s\"}");
        await().during(Duration.ofMillis(300)).until(() -> !waiterInA.isDone());
        try (EventReader stream = a.hold("held")) {
            assertThat(stream.next().held()).isTrue();
            assertThat(a.terminate()).isZero();
            // Far below the lease: it was released, not waited out.
            HttpResponse<String> second = waiter.get(LEASE.dividedBy(2).toMillis(), TimeUnit.MILLISECONDS);
            assertLarger(new JsonObject(second.body()), first);
            assertThat(waiterInA.get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
            assertThat(stream.await("lost").held()).isFalse();
            stream.awaitEnd();
        }
    }

    @Test
    void aNodeThatHangsKeepsNeitherTheEndNorTheNextHolderWaiting() throws Exception {
        JsonObject first = acquired(a.acquireLater("key", "{\"autoRenew\":true}"));
        CompletableFuture<HttpResponse<String>> waiter = waiterInB();
        proxiesOfA.getFirst().swallow();
        CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(() -> {
            try {
                return a.terminate();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        HttpResponse<String> second = waiter.get(LEASE.dividedBy(2).toMillis(), TimeUnit.MILLISECONDS);
        assertLarger(new JsonObject(second.body()), first);
        assertThat(ended.get(10, TimeUnit.SECONDS)).isZero();
    }
}
