package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Replicas that all work, on each order one at a time; also while one of them is killed. */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
class KeyedMutexE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Measurements measured = new Measurements();
    private final Installation installation;
    private final Kube kube;

    KeyedMutexE2eTest(Cluster cluster) {
        installation = Installation.prepare(cluster, "holdfast-e2e-keys");
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
        Example.named("keyed-mutex").applyTo(kube);
    }

    @AfterAll
    void tell() {
        System.out.println(measured);
        installation.close();
    }

    @Test
    void eachOrderIsWorkedOnByOnePodAtATime() {
        await("all three pods at work")
                .atMost(PATIENCE)
                .until(() -> lines().stream().map(Line::pod).distinct().count() == 3);
        int before = lines().size();
        String killed = pods().getFirst().getMetadata().getName();
        List<Line> ofKilled = ofPod(killed);
        long began = System.nanoTime();

        kube.deleteAtOnce(killed);

        await("the others at work on every order")
                .atMost(PATIENCE)
                .until(() -> lines().stream()
                                        .filter(line -> !line.pod().equals(killed))
                                        .map(Line::order)
                                        .distinct()
                                        .count()
                                == 3
                        && lines().size() > before + 30);
        measured.add("a pod killed, thirty lines of the others later", Duration.ofNanos(System.nanoTime() - began));

        // Clocks of logs are no proof of an order, so tokens are asked: none is of two pods, and each pod sees them
        // rise.
        Map<String, String> podOfToken = new HashMap<>();
        List<List<Line>> logs = new ArrayList<>(List.of(ofKilled));
        pods().forEach(pod -> logs.add(ofPod(pod.getMetadata().getName())));
        for (List<Line> log : logs) {
            Map<String, Line> latest = new HashMap<>();
            for (Line line : log) {
                Line earlier = latest.put(line.order(), line);
                if (line.what().equals("begun")) {
                    assertThat(podOfToken.put(line.order() + line.token(), line.pod()))
                            .as("who had the token of " + line + " before")
                            .isNull();
                    assertThat(line.token()).isGreaterThan(earlier == null ? 0 : earlier.token());
                } else {
                    assertThat(line).isEqualTo(new Line(line.order(), "done", line.pod(), line.token()));
                    assertThat(earlier).isEqualTo(new Line(line.order(), "begun", line.pod(), line.token()));
                }
            }
        }
        assertThat(podOfToken).hasSizeGreaterThan(20);
    }

    private List<Pod> pods() {
        return kube.pods("app", "orders").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private List<Line> lines() {
        return pods().stream()
                .flatMap(pod -> ofPod(pod.getMetadata().getName()).stream())
                .toList();
    }

    private List<Line> ofPod(String pod) {
        try {
            String log = kube.client()
                    .pods()
                    .inNamespace(kube.namespace())
                    .withName(pod)
                    .inContainer("work")
                    .getLog();
            return log == null ? List.of() : log.lines().map(Line::of).toList();
        } catch (KubernetesClientException _) {
            return List.of(); // Its container has not started.
        }
    }

    /** As {@code order-1 begun by orders-1 with token 17}. */
    private record Line(String order, String what, String pod, long token) {
        static Line of(String text) {
            String[] words = text.split(" ");
            return new Line(words[0], words[1], words[3], Long.parseLong(words[6]));
        }
    }
}
