package dev.holdfast.e2e;

import java.nio.file.Path;
import java.util.Map;

/** The chart in a cluster, with the images of this build, and a namespace to use it in. */
record Installation(Path kubeconfig, HelmRelease release, Kube kube) implements AutoCloseable {

    static final String OPERATOR_NAMESPACE = "holdfast-system";

    /** Ready, but for {@link #install}. */
    static Installation prepare(Cluster cluster, String namespace) {
        cluster.load(Project.imageTar("operator"));
        cluster.load(Project.imageTar("sidecar"));
        Kube kube = Kube.of(cluster.kubeconfig(), namespace);
        kube.createNamespace();
        return new Installation(
                cluster.kubeconfig(), new HelmRelease(cluster.kubeconfig(), OPERATOR_NAMESPACE, "holdfast"), kube);
    }

    /** Returns when the operator is ready. */
    void install() {
        install(Map.of());
    }

    /** {@link #install()}, with some values of the chart. */
    void install(Map<String, ?> values) {
        release.install(values);
    }

    /** The namespace first: what is in it needs the operator to go in order. */
    @Override
    public void close() {
        kube.client().namespaces().withName(kube.namespace()).delete();
        release.uninstall();
        kube.close();
    }
}
