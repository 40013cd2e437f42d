package dev.holdfast.e2e;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A pod that sees the processes and interfaces of its machine, so that what is in another pod can be killed or cut off. */
record NodeShell(Kube kube) {

    private static final String NAME = "node-shell";

    /** What ip link set dev … up or down does, for images without it: SIOCGIFNAME, SIOCGIFFLAGS, SIOCSIFFLAGS. */
    private static final String FLIP = """
            my ($index, $up) = @ARGV;
            socket my $socket, AF_INET, SOCK_DGRAM, 0 or die $!;
            my $request = pack "x16 i x20", $index;
            ioctl $socket, 0x8910, $request or die "no interface $index: $!";
            my $name = unpack "a16", $request;
            $request = pack "a16 x24", $name;
            ioctl $socket, 0x8913, $request or die $!;
            my $flags = unpack "x16 s", $request;
            $request = pack "a16 s x22", $name, $up ? $flags | 1 : $flags & ~1;
            ioctl $socket, 0x8914, $request or die $!;
            """;

    static NodeShell start(Kube kube, String image) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .withHostPID(true)
                .withHostNetwork(true)
                .withDnsPolicy("ClusterFirstWithHostNet")
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("shell")
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("sleep", "infinity")
                .withNewSecurityContext()
                .withRunAsUser(0L)
                // For the networks of the machine and of its pods.
                .withNewCapabilities()
                .withAdd("SYS_ADMIN", "NET_ADMIN")
                .endCapabilities()
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

    /** A signal to every process of a container, such as KILL; some may have ended meanwhile, or by it. */
    void signal(String signal, Pod pod, String container) {
        run("sent=1; for process in " + processes(pod, container) + "; do kill -" + signal
                + " $process 2>/dev/null && sent=0; done; exit $sent");
    }

    /** The ids of a container's processes, as the machine counts them. */
    String processes(Pod pod, String container) {
        String id = Stream.concat(
                        pod.getStatus().getInitContainerStatuses().stream(),
                        pod.getStatus().getContainerStatuses().stream())
                .filter(status -> status.getName().equals(container))
                .map(ContainerStatus::getContainerID)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no container " + container + " in " + pod))
                .replaceFirst("^[a-z]+://", "");
        return run("pids=$(grep -l " + id + " /proc/[0-9]*/cgroup | cut -d/ -f3) && test -n \"$pids\" && echo $pids")
                .strip();
    }

    /** Pulls a pod's cable, or puts it in again: the machine's end of its pair of interfaces goes down, or up. */
    void cable(Pod pod, String container, boolean in) {
        String peer = kube.exec(pod.getMetadata().getName(), container, "cat", "/sys/class/net/eth0/iflink")
                .strip();
        run("perl -MSocket -e '%s' %s %d".formatted(FLIP, peer, in ? 1 : 0));
    }
}
