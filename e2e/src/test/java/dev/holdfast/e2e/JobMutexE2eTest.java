package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Jobs that know nothing of their lock never overlap. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class JobMutexE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;

    JobMutexE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-jobs");
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
    }

    @AfterAll
    void tell() {
        System.out.println(measured);
        installation.close();
    }

    @Test
    void theSecondBeginsWhenTheFirstHasEnded() {
        Example.named("job-mutex").applyTo(kube);

        await("both Jobs to complete").atMost(PATIENCE).until(() -> completed() == 2);

        List<Run> runs = kube.pods("app", "nightly").stream()
                .map(pod -> run(pod.getMetadata().getName()))
                .sorted(Comparator.comparing(Run::began))
                .toList();
        assertThat(runs).hasSize(2);
        Run first = runs.getFirst();
        Run second = runs.getLast();
        assertThat(second.began()).isGreaterThan(first.ended());
        measured.add(
                "one Job has ended, the next one's container runs",
                Duration.ofMillis(
                        second.began().subtract(first.ended()).movePointRight(3).longValue()));
    }

    private long completed() {
        return kube.client().batch().v1().jobs().inNamespace(kube.namespace()).list().getItems().stream()
                .filter(job -> Integer.valueOf(1).equals(job.getStatus().getSucceeded()))
                .count();
    }

    /** By the clock of the machine that both ran on. */
    private Run run(String pod) {
        List<String> lines = kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(pod)
                .inContainer("work")
                .getLog()
                .lines()
                .toList();
        return new Run(new BigDecimal(lines.getFirst()), new BigDecimal(lines.getLast()));
    }

    private record Run(BigDecimal began, BigDecimal ended) {}
}
