package dev.holdfast.operator.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.operator.manifests.RedisAccess.Phase;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RedisAccessTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final RedisAccess steady = RedisAccess.create();

    private static RedisAccess step(RedisAccess before, String asked, boolean nodesHaveLoaded, Instant now) {
        return before.next(asked, nodesHaveLoaded, now, GRACE);
    }

    @Test
    void nothingChangesUnlessItIsAskedFor() {
        assertThat(step(steady, "", true, NOW)).isEqualTo(steady);
        RedisAccess answered = RedisAccess.of("password", "monday");
        assertThat(step(answered, "monday", true, NOW)).isEqualTo(answered);
        assertThat(step(answered, "", true, NOW)).isEqualTo(answered);
    }

    @Test
    void oneOfTwoThatAreValidAlwaysServes() {
        RedisAccess introducing = step(steady, "monday", true, NOW);
        assertThat(introducing.phase()).isEqualTo(Phase.INTRODUCING);
        assertThat(introducing.password()).isEqualTo(steady.password());
        assertThat(introducing.other()).isPresent();
        assertThat(step(introducing, "monday", false, NOW.plus(Duration.ofDays(9))))
                .as("nodes have not learnt it")
                .isEqualTo(introducing);

        RedisAccess retiring = step(introducing, "monday", true, NOW);
        assertThat(retiring.phase()).isEqualTo(Phase.RETIRING);
        assertThat(retiring.password()).isEqualTo(introducing.other().orElseThrow());
        assertThat(retiring.other()).hasValue(steady.password());
        assertThat(step(retiring, "monday", true, NOW.plus(GRACE).minusNanos(1)))
                .as("sidecars may not know yet")
                .isEqualTo(retiring);

        RedisAccess after = step(retiring, "monday", true, NOW.plus(GRACE));
        assertThat(after).isEqualTo(RedisAccess.of(retiring.password(), "monday"));
    }

    @Test
    void aRequestDuringAChangeWaitsForItsEnd() {
        RedisAccess introducing = step(steady, "monday", true, NOW);
        assertThat(step(introducing, "tuesday", false, NOW)).isEqualTo(introducing);
        RedisAccess retiring = step(introducing, "tuesday", true, NOW);
        RedisAccess after = step(retiring, "tuesday", true, NOW.plus(GRACE));
        assertThat(after.phase()).isEqualTo(Phase.STEADY);

        RedisAccess next = step(after, "tuesday", true, NOW.plus(GRACE));
        assertThat(next.phase()).isEqualTo(Phase.INTRODUCING);
        assertThat(next.other()).isNotEqualTo(introducing.other());
    }

    @Test
    void nodesNeedNotBeReplacedWhenSidecarsAreTold() {
        RedisAccess introducing = step(steady, "monday", true, NOW);
        RedisAccess retiring = step(introducing, "monday", true, NOW);
        assertThat(retiring.users()).isEqualTo(introducing.users()).isNotEqualTo(steady.users());
        assertThat(introducing.users()).containsPattern("user holdfast on #[0-9a-f]{64} #[0-9a-f]{64} resetchannels");
    }

    @Test
    void noPasswordIsShown() {
        RedisAccess introducing = step(steady, "monday", true, NOW);
        for (String password :
                new String[] {introducing.password(), introducing.other().orElseThrow()}) {
            assertThat(introducing.users()).doesNotContain(password);
            assertThat(introducing.toString()).doesNotContain(password);
        }
    }
}
