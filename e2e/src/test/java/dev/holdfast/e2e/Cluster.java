package dev.holdfast.e2e;

import java.nio.file.Path;

/** A Kubernetes cluster that the tests may do with as they please. */
interface Cluster extends AutoCloseable {

    /** With all rights. */
    Path kubeconfig();

    /** Makes an image known to every node, so that pods need not pull it. */
    void load(Path imageTar);

    @Override
    void close();
}
