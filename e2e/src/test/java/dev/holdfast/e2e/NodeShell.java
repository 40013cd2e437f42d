package dev.holdfast.e2e;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A pod that sees the processes of its machine, so that one can be killed from outside its own container. */
record NodeShell(Kube kube) {

    private static final String NAME = "node-shell";

    static NodeShell start(Kube kube, String image) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .withHostPID(true)
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("shell")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sleep", "infinity")
                .withNewSecurityContext()
                .withRunAsUser(0L)
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
        kube.client().resource(pod).inNamespace(kube.namespace()).serverSideApply();
        kube.client().pods().inNamespace(kube.namespace()).withName(NAME).waitUntilReady(3, TimeUnit.MINUTES);
        return new NodeShell(kube);
    }

    String run(String script) {
        return kube.exec(NAME, "shell", "sh", "-c", script);
    }

    /** A signal to every process of a container, such as KILL. */
    void signal(String signal, Pod pod, String container) {
        String id = Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .map(ContainerStatus::getContainerID)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no container " + container + " in " + pod))
                .replaceFirst("^[a-z]+://", "");
        run("pids=$(grep -l " + id + " /proc/[0-9]*/cgroup | cut -d/ -f3) && test -n \"$pids\" && kill -" + signal
                + " $pids");
    }
}
