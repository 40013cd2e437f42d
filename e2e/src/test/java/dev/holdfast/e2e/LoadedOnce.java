package dev.holdfast.e2e;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A cluster that is not given the same tar twice: images do not change while tests run. For one thread at a time. */
final class LoadedOnce implements Cluster {

    private final Cluster cluster;
    private final Set<Path> loaded = new HashSet<>();

    LoadedOnce(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Path kubeconfig() {
        return cluster.kubeconfig();
    }

    @Override
    public void load(Path imageTar) {
        if (!loaded.contains(imageTar)) {
            cluster.load(imageTar);
            loaded.add(imageTar);
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
