package dev.holdfast.sidecar.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServerInfoTest {

    private static final String REST = "role:master\r\nconnected_slaves:0\r\nmaxmemory_policy:noeviction\r\n";

    @Test
    void aServersModeHasTwoNames() {
        assertThat(ServerInfo.parse("redis_mode:standalone\r\n" + REST).objection(false))
                .isEmpty();
        assertThat(ServerInfo.parse("server_name:valkey\r\nserver_mode:standalone\r\n" + REST)
                        .objection(false))
                .isEmpty();
        assertThat(ServerInfo.parse("server_mode:cluster\r\n" + REST).objection(false))
                .hasValue("it runs in cluster mode; nodes are standalone servers");
        assertThat(ServerInfo.parse(REST).objection(false)).isPresent();
    }
}
