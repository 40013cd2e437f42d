package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
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
    private static final int RUNS = 4;

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

        assertOneAfterAnother(awaitRuns("nightly", 2));
    }

    /** As when its runs take longer than its period, without the wait for the minutes to pass. */
    @Test
    void runsOfACronJobThatMayOverlapDoNot() {
        kube.apply(Images.into("""
                apiVersion: holdfast.dev/v1alpha1
                kind: RedisNodeSet
                metadata: {name: default}
                spec:
                  nodes: 3
                  maxLeaseDuration: 5s
                """));
        kube.apply("""
                apiVersion: holdfast.dev/v1alpha1
                kind: DistributedLock
                metadata: {name: minutely}
                spec: {leaseDuration: 3s}
                """);
        kube.apply("""
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: minutely}
                spec:
                  schedule: "* * * * *"
                  concurrencyPolicy: Allow
                  jobTemplate:
                    spec:
                      backoffLimit: 0
                      template:
                        metadata:
                          labels: {app: minutely, holdfast.dev/inject: "true"}
                          annotations: {holdfast.dev/locks: minutely, holdfast.dev/start: WhenHeld}
                        spec:
                          restartPolicy: Never
                          containers:
                            - name: work
                              image: %s
                              imagePullPolicy: IfNotPresent
                              command: [sh, -c, "date +%%s.%%N; sleep 3; date +%%s.%%N"]
                """.formatted(Images.app()));

        for (int i = 0; i < RUNS; i++) {
            run(kube.client()
                    .batch()
                    .v1()
                    .cronjobs()
                    .inNamespace(kube.namespace())
                    .withName("minutely")
                    .get());
        }

        assertOneAfterAnother(awaitRuns("minutely", RUNS));
    }

    /** As kubectl create job --from=cronjob/… does. */
    private void run(CronJob cronJob) {
        kube.client()
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withGenerateName("minutely-by-hand-")
                        .endMetadata()
                        .withSpec(cronJob.getSpec().getJobTemplate().getSpec())
                        .build())
                .inNamespace(kube.namespace())
                .create();
    }

    /** At least so many, in the order in which they began. */
    private List<Run> awaitRuns(String app, int count) {
        await(count + " runs of " + app)
                .atMost(PATIENCE)
                .until(() -> succeeded(app).size() >= count);
        return succeeded(app).stream()
                .map(pod -> run(pod.getMetadata().getName()))
                .sorted(Comparator.comparing(Run::began))
                .toList();
    }

    private void assertOneAfterAnother(List<Run> runs) {
        for (int i = 1; i < runs.size(); i++) {
            Run first = runs.get(i - 1);
            Run second = runs.get(i);
            assertThat(second.began()).isGreaterThan(first.ended());
            measured.add(
                    "one Job has ended, the next one's container runs",
                    Duration.ofMillis(second.began()
                            .subtract(first.ended())
                            .movePointRight(3)
                            .longValue()));
        }
    }

    private List<Pod> succeeded(String app) {
        return kube.pods("app", app).stream()
                .filter(pod -> "Succeeded".equals(pod.getStatus().getPhase()))
                .toList();
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
