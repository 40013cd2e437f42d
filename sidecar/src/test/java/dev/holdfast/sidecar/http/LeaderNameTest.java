package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The drop-ins for leader-elector sidecars. */
@Timeout(90)
class LeaderNameTest {

    @Test
    void theHolderIsNamedAndItsChangeStreamed() throws Exception {
        ApiFixture pods = new ApiFixture();
        try {
            pods.leadByA();
            try (EventReader reader = pods.events(pods.portOfB, "/sse")) {
                JsonObject leader = new JsonObject(pods.get(pods.portOfB, "/").body());
                assertThat(leader.fieldNames()).containsExactly("name", "last_update");
                assertThat(leader.getString("name")).isEqualTo("pod-a");
                assertThat(Instant.parse(leader.getString("last_update"))).isBefore(Instant.now());
                assertThat(new JsonObject(pods.get(pods.portOfA, "/").body()).getString("name"))
                        .isEqualTo("pod-a");
                assertThat(reader.next()).isEqualTo(new EventReader.Event("", leader));

                pods.resign(pods.portOfA, "20s");
                reader.await(event -> Objects.equals(event.data().getString("name"), "pod-b"));
                await().until(
                                () -> new JsonObject(pods.get(pods.portOfA, "/").body()).getString("name"),
                                "pod-b"::equals);
            }
        } finally {
            pods.close();
        }
    }
}
