package dev.holdfast.sidecar.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.sidecar.redis.RedisCluster;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The script of the example guarded-job, beside a real sidecar. */
@Timeout(120)
class GuardedJobTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RedisCluster cluster;
    private SidecarProcess sidecar;

    @BeforeEach
    void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
        sidecar = new SidecarProcess(
                "pod-a", "guarded", LEASE, cluster.set(), cluster.set().nodes());
        sidecar.await(PATIENCE, state -> state.getBoolean("held"));
    }

    @AfterEach
    void stop() {
        sidecar.close();
        cluster.close();
    }

    /** @param seconds how long the work takes */
    private Process run(int seconds) throws Exception {
        String yaml = Files.readString(Path.of("../examples/guarded-job/job.yaml"));
        String script = Serialization.unmarshal(yaml, Job.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getCommand()
                .getLast();
        assertThat(script).contains("sleep 5 &");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script.replace("sleep 5 &", "sleep " + seconds + " &"));
        builder.environment().put("HOLDFAST_URL", sidecar.base());
        return builder.redirectErrorStream(true).start();
    }

    private static String output(Process job) throws Exception {
        return new String(job.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private boolean holds() {
        try {
            return sidecar.holds();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workThatIsDoneInTimeIsNotDisturbed() throws Exception {
        Process job = run(1);
        assertThat(job.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).isZero();
        job.descendants().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void workEndsWhileTheLeaseIsStillValid() throws Exception {
        Process job = run(100);
        CompletableFuture<Boolean> heldAtItsEnd = job.onExit().thenApply(_ -> holds());
        await().pollDelay(Duration.ofSeconds(1)).until(job::isAlive);
        cluster.server(0).kill();
        cluster.server(1).kill();
        assertThat(heldAtItsEnd.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).isNotZero();
        sidecar.await(PATIENCE, state -> !state.getBoolean("held"));
    }

    @Test
    void workEndsWithItsSidecar() throws Exception {
        Process job = run(100);
        await().pollDelay(Duration.ofSeconds(1)).until(job::isAlive);
        sidecar.kill();
        assertThat(output(job)).contains("stopped: the sidecar is gone");
        assertThat(job.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).isNotZero();
    }
}
