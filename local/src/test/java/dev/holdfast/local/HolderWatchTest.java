package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Times in milliseconds; each answer takes two. */
class HolderWatchTest {
    private final HolderWatch watch = new HolderWatch();

    @Test
    void oneHolderAfterTheOtherIsFine() {
        held("a", 1, 0, 100);
        held("a", 1, 10, 100);
        notHeld("a", 20);
        held("b", 2, 22, 100);
        held("b", 2, 30, 100);

        assertThat(watch.violations()).isEmpty();
        assertThat(watch.holds()).extracting(Hold::pod).containsExactly("a", "b");
    }

    @Test
    void twoHoldersAtOnceAreFound() {
        held("a", 1, 0, 100);
        held("b", 2, 10, 100);
        held("b", 2, 20, 100);
        held("a", 1, 30, 100);

        assertThat(watch.violations()).singleElement().asString().contains("held at the same time");
    }

    @Test
    void aHolderThatResignsBreaksNoPromise() {
        held("a", 1, 0, 3000);
        held("a", 1, 10, 3000);
        // Resigns here, and is not asked again before the other one is.
        held("b", 2, 14, 3000);
        held("b", 2, 24, 3000);

        assertThat(watch.violations()).isEmpty();
    }

    @Test
    void aKilledHolderHoldsAsLongAsItSaid() {
        held("a", 1, 0, 1000);
        watch.silenced("a", millis(5));
        held("b", 2, 900, 1000);
        held("b", 2, 910, 1000);

        assertThat(watch.violations()).singleElement().asString().contains("held at the same time");
    }

    @Test
    void aKilledHolderIsReplacedAfterItsTime() {
        held("a", 1, 0, 1000);
        watch.silenced("a", millis(5));
        held("b", 2, 1000, 1000);
        held("b", 2, 1010, 1000);

        assertThat(watch.violations()).isEmpty();
    }

    @Test
    void aThawedHolderThatStillSaysHeldIsFound() {
        held("a", 1, 0, 1000);
        watch.silenced("a", millis(5));
        held("b", 2, 1100, 1000);
        held("b", 2, 1110, 1000);
        held("a", 1, 1120, 1);

        assertThat(watch.violations()).singleElement().asString().contains("held at the same time");
    }

    @Test
    void aPodThatHadGivenUpBeforeItWasKilledPromisesNothing() {
        held("a", 1, 0, 1000);
        notHeld("a", 10);
        watch.silenced("a", millis(20));
        held("b", 2, 30, 1000);
        held("b", 2, 40, 1000);

        assertThat(watch.violations()).isEmpty();
    }

    @Test
    void aSmallerTokenLaterIsFound() {
        held("a", 2, 0, 100);
        held("b", 1, 10, 100);

        assertThat(watch.violations()).singleElement().asString().contains("tokens did not rise");
    }

    @Test
    void theSameTokenTwiceIsFound() {
        held("a", 1, 0, 100);
        held("b", 1, 10, 100);

        assertThat(watch.violations()).singleElement().asString().contains("both had token 1");
    }

    @Test
    void answersThatOverlapHaveNoOrder() {
        watch.saw(new Sample("a", millis(0), millis(50), true, 2, Duration.ofMillis(10)));
        watch.saw(new Sample("b", millis(10), millis(60), true, 1, Duration.ofMillis(10)));

        assertThat(watch.violations()).isEmpty();
    }

    private void held(String pod, long token, long sentAt, long validFor) {
        watch.saw(new Sample(pod, millis(sentAt), millis(sentAt + 2), true, token, Duration.ofMillis(validFor)));
    }

    private void notHeld(String pod, long sentAt) {
        watch.saw(new Sample(pod, millis(sentAt), millis(sentAt + 2), false, 0, Duration.ZERO));
    }

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }
}
