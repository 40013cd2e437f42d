package dev.holdfast.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisConnectionException;

class FailuresTest {

    /** Resolvers change their words from one time to the next; a node's state must not. */
    @ParameterizedTest
    @ValueSource(
            strings = {"node-0: Name or service not known", "node-0: Temporary failure in name resolution", "node-0"})
    void aNameWithoutAnAddressHasOneWording(String words) {
        JedisConnectionException failure =
                new JedisConnectionException("Failed to create socket.", new UnknownHostException(words));

        assertThat(Failures.describe(failure)).isEqualTo("its name has no address");
    }
}
