package dev.holdfast.sidecar.redis;

import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract on the machine's own Valkey. */
@EnabledIf(
        value = "isInstalled",
        disabledReason = "no valkey-server on the PATH: install one to run the contract on it as well")
class InstalledValkeyLockNodeTest extends RedisLockNodeTest {

    static boolean isInstalled() {
        return RedisProcess.installedValkey().isPresent();
    }

    @Override
    RedisProcess server() throws IOException {
        return new RedisProcess(
                RedisProcess.installedValkey().orElseThrow(), "--appendonly", "yes", "--appendfsync", "always");
    }
}
