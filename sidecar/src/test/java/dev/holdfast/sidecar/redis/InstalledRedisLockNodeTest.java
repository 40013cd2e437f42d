package dev.holdfast.sidecar.redis;

import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contract on the machine's own Redis. */
@EnabledIf(
        value = "isInstalled",
        disabledReason = "no redis-server on the PATH: install one to run the contract on it as well")
class InstalledRedisLockNodeTest extends RedisLockNodeTest {

    static boolean isInstalled() {
        return RedisProcess.installedExecutable().isPresent();
    }

    @Override
    RedisProcess server() throws IOException {
        return new RedisProcess(
                RedisProcess.installedExecutable().orElseThrow(), "--appendonly", "yes", "--appendfsync", "always");
    }
}
