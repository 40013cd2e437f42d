package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FencedLedgerTest {
    @Test
    void refusesOnlyTokensBelowTheLargestSeen() {
        var ledger = new FencedLedger();

        assertThat(ledger.write(5)).isTrue();
        assertThat(ledger.write(5)).isTrue();
        assertThat(ledger.write(7)).isTrue();
        assertThat(ledger.write(6)).isFalse();
        assertThat(ledger.highest()).isEqualTo(7);
    }
}
