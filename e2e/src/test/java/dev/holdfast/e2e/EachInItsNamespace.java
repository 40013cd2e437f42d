package dev.holdfast.e2e;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** One installation, and for each example a namespace of its own, as their README asks for. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class EachInItsNamespace {

    final Measurements measured = new Measurements();
    private final Cluster cluster;
    private final Installation installation;

    /** The namespace that is used now. */
    Kube kube;

    EachInItsNamespace(Cluster cluster, String namespace) {
        this.cluster = cluster;
        installation = Installation.prepare(cluster, namespace);
        kube = installation.kube();
    }

    @BeforeAll
    void install() {
        installation.install();
    }

    @AfterEach
    void clear() {
        if (!kube.equals(installation.kube())) {
            kube.deleteNamespace();
            kube.close();
        }
    }

    @AfterAll
    void tell() {
        System.out.println(measured);
        installation.close();
    }

    /** A new namespace. */
    void in(String name) {
        kube = Kube.of(cluster.kubeconfig(), "holdfast-e2e-" + name);
        kube.createNamespace();
    }
}
