package dev.holdfast.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;

@Timeout(30)
class NodeConnectionTest {

    /** Its answer would be taken for that to a command of before. */
    @Test
    void aConnectionThatHasEndedIsNotMadeAnewByTheNextCommand() throws Exception {
        try (RedisProcess server = RedisProcess.bundled();
                NodeConnection connection = NodeConnection.open(server.endpoint(), Security.none())) {
            assertThat(connection.info()).contains("redis_version");

            connection.abort();

            assertThatThrownBy(() -> {
                        connection.write(new CommandArguments(Command.PING));
                        connection.flush();
                    })
                    .isInstanceOf(JedisConnectionException.class);
            assertThatThrownBy(connection::waitForever).isInstanceOf(JedisConnectionException.class);
            assertThat(connection.isConnected()).isFalse();
        }
    }
}
