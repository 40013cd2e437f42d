package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.sidecar.election.ElectionEvent;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The event streams of real elections. */
@Timeout(90)
class LockEventsTest {

    private static final String EVENTS = "/v1/locks/payments/events";

    private ApiFixture pods;

    @BeforeEach
    void start() throws Exception {
        pods = new ApiFixture();
        pods.leadByA();
    }

    @AfterEach
    void stop() throws Exception {
        pods.close();
    }

    @Test
    void aHandOverIsToldToBothSides() throws Exception {
        try (EventReader ofA = pods.events(pods.portOfA, EVENTS);
                EventReader ofB = pods.events(pods.portOfB, EVENTS)) {
            EventReader.Event first = ofA.next();
            assertThat(ofA.response().headers().firstValue("content-type")).hasValue("text/event-stream");
            assertThat(first.name()).isEqualTo("state");
            assertThat(first.data())
                    .isEqualTo(new JsonObject(
                                    pods.get(pods.portOfA, "/v1/locks/payments").body())
                            .put("validForMs", first.data().getValue("validForMs")));
            assertThat(ofB.next().held()).isFalse();

            pods.resign(pods.portOfA, "20s");
            EventReader.Event lost = ofA.await("lost");
            assertThat(lost.held()).isFalse();
            assertThat(lost.data().getValue("fencingToken")).isNull();
            assertThat(ofA.await("holder-changed").held()).isFalse();
            EventReader.Event acquired = ofB.await("acquired");
            assertThat(acquired.held()).isTrue();
            assertThat(acquired.data().getLong("fencingToken"))
                    .isGreaterThan(first.data().getLong("fencingToken"));
            assertThat(ofA.seen()).noneMatch(event -> event.name().equals("acquired"));
        }
    }

    @Test
    void lossOfTheNodesIsToldWhileThereIsTime() throws Exception {
        try (EventReader ofA = pods.events(pods.portOfA, EVENTS);
                EventReader ofB = pods.events(pods.portOfB, EVENTS)) {
            assertThat(ofA.next().held()).isTrue();
            pods.cluster.server(0).kill();
            pods.cluster.server(1).kill();
            EventReader.Event risk = ofA.await("at-risk");
            assertThat(risk.held()).isTrue();
            assertThat(risk.data().getLong("validForMs"))
                    .isBetween(ApiFixture.LEASE.toMillis() / 10, ApiFixture.LEASE.toMillis() / 2);
            assertThat(ofA.await("lost").held()).isFalse();
            assertThat(ofB.await("no-quorum").data().getString("state")).isEqualTo("NoQuorum");
        }
    }

    @Test
    void aCommentComesAtLeastEveryFiveSeconds() throws Exception {
        try (EventReader reader = pods.events(pods.portOfB, EVENTS)) {
            reader.next();
            Instant last = Instant.now();
            reader.await(":");
            assertThat(Duration.between(last, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void theLossIsToldBeforeTheLockIsReleased() throws Exception {
        CompletableFuture<Boolean> releasedAtLoss = new CompletableFuture<>();
        CompletableFuture<ElectionEvent> acquiredByB = new CompletableFuture<>();
        pods.b.observe(event -> {
            if (event instanceof ElectionEvent.Acquired) {
                acquiredByB.complete(event);
            }
        });
        CompletableFuture<?> told = new CompletableFuture<>();
        // As an event loop that is busy for a moment: what it has to write comes first.
        pods.a.announce(event -> {
            if (event instanceof ElectionEvent.Lost) {
                CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS).execute(() -> {
                    releasedAtLoss.complete(acquiredByB.isDone());
                    told.complete(null);
                });
                return told;
            }
            return CompletableFuture.completedFuture(null);
        });
        pods.resign(pods.portOfA, "20s");
        acquiredByB.get(20, TimeUnit.SECONDS);
        assertThat(releasedAtLoss).isCompletedWithValue(false);
    }

    @Test
    void anObserverThatNeverTellsHoldsUpNobody() throws Exception {
        pods.a.announce(_ -> new CompletableFuture<>());
        pods.resign(pods.portOfA, "20s");
        pods.awaitHeld(pods.portOfB);
    }
}
