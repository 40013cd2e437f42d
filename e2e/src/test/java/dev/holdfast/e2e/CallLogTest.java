package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.e2e.Leaders.Leader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the end-to-end tests conclude from what a client was answered; no cluster is needed. */
class CallLogTest {

    @Test
    void aHandOverWithARisingTokenIsFine() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 40 50 - no connection: Connection refused
                till:80 70 80 200 {"pod":"a","leads":false,"fencingToken":null}
                till:80 1100 1120 200 {"pod":"b","leads":true,"fencingToken":9}
                till:80 1140 1150 200 {"pod":"b","leads":true,"fencingToken":9}
                """);

        assertThat(log.violations()).isEmpty();
        assertThat(log.answers()).isEqualTo(4);
        assertThat(log.leaders().inOrder()).containsExactly(new Leader("a", 7), new Leader("b", 9));
        assertThat(log.handOvers()).isEqualTo(1);
        assertThat(log.longestGap()).isEqualTo(Duration.ofMillis(1100));
        assertThat(log.last()).isEqualTo(new Leader("b", 9));
    }

    @Test
    void aPodThatLeadsAgainIsTwoHandOvers() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 30 40 200 {"pod":"b","leads":true,"fencingToken":8}
                till:80 50 60 200 {"pod":"a","leads":true,"fencingToken":9}
                """);

        assertThat(log.violations()).isEmpty();
        assertThat(log.handOvers()).isEqualTo(2);
    }

    @Test
    void oneTokenOfTwoPodsIsAViolation() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 30 40 200 {"pod":"b","leads":true,"fencingToken":7}
                """);

        assertThat(log.violations()).singleElement().asString().contains("one token, two pods", "a", "b", "7");
    }

    @Test
    void aTokenThatFallsIsAViolationAlsoMuchLater() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 30 40 200 {"pod":"b","leads":true,"fencingToken":9}
                till:80 50 60 - no answer in time
                till:80 70 80 200 {"pod":"a","leads":true,"fencingToken":8}
                """);

        assertThat(log.violations()).singleElement().asString().contains("a token fell", "8", "9");
    }

    @Test
    void anOldHolderThatAnswersOnceMoreIsAViolation() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 30 40 200 {"pod":"b","leads":true,"fencingToken":9}
                till:80 50 60 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 70 80 200 {"pod":"b","leads":true,"fencingToken":9}
                """);

        assertThat(log.violations()).singleElement().asString().contains("a token fell");
    }

    @Test
    void aLeaderWithoutATokenIsAViolation() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":null}
                """);

        assertThat(log.violations()).singleElement().asString().contains("without a token");
    }

    @Test
    void aGapAtTheEndCounts() {
        CallLog log = log("""
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 40 50 200 {"pod":"a","leads":true,"fencingToken":7}
                till:80 60 1070 - no answer in time
                till:80 2000 3000 - no answer in time
                """);

        assertThat(log.longestGap()).isEqualTo(Duration.ofMillis(2950));
        assertThat(log.last()).isNull();
    }

    @Test
    void aLogInWhichNobodyLedHasNoGapToTell() {
        CallLog log = log("""
                till:80 10 20 - no connection: Connection refused
                till:80 30 40 200 {"pod":"a","leads":false,"fencingToken":null}
                """);

        assertThatThrownBy(log::longestGap).hasMessage("no leader ever answered in 2 calls");
    }

    @Test
    void callsOfAnotherTargetAreAnotherLog() {
        String lines = """
                till:80 10 20 200 {"pod":"a","leads":true,"fencingToken":7}
                10.0.0.2:8080 10 20 200 {"pod":"b","leads":true,"fencingToken":9}
                till:80 30 90 200 {"pod":"b","leads":true,"fencingToken":9}
                """;

        assertThat(log(lines).violations()).isEmpty();
        assertThat(log(lines).firstAnswerAfter(7)).isEqualTo(90);
        assertThat(CallLog.parse(lines.lines(), "10.0.0.2:8080").firstAnswerAfter(7))
                .isEqualTo(20);
        assertThat(log(lines).firstAnswerAfter(9)).isNull();
    }

    @Test
    void aLineThatIsNoCallIsNotPassedOver() {
        assertThatThrownBy(() -> log("it dies")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log("till:80 10 20 200")).hasMessage("no call: till:80 10 20 200");
    }

    private static CallLog log(String lines) {
        return CallLog.parse(lines.lines(), "till:80");
    }
}
