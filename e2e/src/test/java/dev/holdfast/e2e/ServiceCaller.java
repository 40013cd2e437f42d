package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A pod that calls a leader's Service all the time, for as long as it is open, and logs every answer; on request it calls
 * pods beside it, at the same time.
 */
record ServiceCaller(Kube kube, String pod, String service) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(300);

    /** Returns when a leader has answered it. */
    static ServiceCaller of(Kube kube, String service) {
        return of(kube, service, List.of());
    }

    /** The same, which also calls these pods by their addresses. */
    static ServiceCaller of(Kube kube, String service, List<Pod> pods) {
        ServiceCaller caller = new ServiceCaller(kube, "calls-" + service, service + ":80");
        List<String> command = new ArrayList<>(List.of("perl", "-e", script(), caller.service));
        pods.forEach(it -> command.add(address(it)));
        caller.close();
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(caller.pod)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("caller")
                .withImage(Images.app())
                .withImagePullPolicy("IfNotPresent")
                .withCommand(command)
                .endContainer()
                .endSpec()
                .build();
        kube.client().resource(pod).inNamespace(kube.namespace()).create();
        kube.client().pods().inNamespace(kube.namespace()).withName(caller.pod).waitUntilReady(3, TimeUnit.MINUTES);
        caller.awaitLeader();
        return caller;
    }

    private static String address(Pod pod) {
        return pod.getStatus().getPodIP() + ":8080";
    }

    /** All calls of the Service so far. */
    CallLog log() {
        return CallLog.parse(text().lines(), service);
    }

    /** All calls of a pod so far. */
    CallLog log(Pod called) {
        return CallLog.parse(text().lines(), address(called));
    }

    String text() {
        return kube.client().pods().inNamespace(kube.namespace()).withName(pod).getLog();
    }

    /** Waits until a leader answers a call that begins after now; the log up to there. */
    CallLog awaitLeader() {
        int before = log().calls().size();
        return await("a leader that answers through the Service")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(
                        this::log,
                        log -> log.after(before + 1).calls().stream().anyMatch(call -> call.leader() != null));
    }

    private static String script() {
        try (InputStream script = ServiceCaller.class.getResourceAsStream("service-caller.pl")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        var running = kube.client().pods().inNamespace(kube.namespace()).withName(pod);
        running.withGracePeriod(0).delete();
        running.waitUntilCondition(Objects::isNull, 1, TimeUnit.MINUTES);
    }
}
