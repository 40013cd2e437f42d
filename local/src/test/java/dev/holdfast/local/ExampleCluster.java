package dev.holdfast.local;

import dev.holdfast.local.resources.ResourceReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Real nodes and sidecars for the locks of a file, and applications beside them. All end with it. */
final class ExampleCluster implements AutoCloseable {
    private final Leash leash;
    private final LocalCluster cluster;

    private ExampleCluster(Leash leash, LocalCluster cluster) {
        this.leash = leash;
        this.cluster = cluster;
    }

    static ExampleCluster of(Path lockFile, int pods) throws Exception {
        var plan =
                new ClusterPlan(ResourceReader.read(List.of(lockFile)), pods, OptionalInt.empty(), OptionalInt.empty());
        var leash = Leash.attach();
        var cluster = new LocalCluster(leash, plan, RedisBinary.find(null, leash.directory()), new FreshSet());
        try {
            cluster.startNodes();
            cluster.startPods();
        } catch (LocalFailure e) {
            cluster.close();
            throw e;
        }
        return new ExampleCluster(leash, cluster);
    }

    Path directory() {
        return leash.directory();
    }

    Leash leash() {
        return leash;
    }

    List<Pod> pods() {
        return cluster.pods();
    }

    Pod pod(String name) {
        return cluster.pod(name);
    }

    /** Starts an application of a pod: it knows its sidecar's address, and the pod's name as its host's. */
    Child application(String name, Pod pod, List<String> command, Map<String, String> environment) throws LocalFailure {
        var variables = new HashMap<>(environment);
        variables.put("HOLDFAST_URL", pod.api().url());
        variables.put("HOSTNAME", pod.name());
        var child = new Child(leash, name, command, variables);
        child.start();
        return child;
    }

    /** What an application has printed so far. */
    String output(Child child) throws Exception {
        return Files.readString(leash.directory().resolve(child.name() + ".log"));
    }

    @Override
    public void close() {
        cluster.close();
    }
}
