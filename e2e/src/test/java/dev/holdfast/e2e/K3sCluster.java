package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** A cluster of one node in a container, for as long as the tests run. */
final class K3sCluster implements Cluster {

    private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.1-k3s1");

    private final K3sContainer container;
    private final Path kubeconfig;

    private K3sCluster(K3sContainer container, Path kubeconfig) {
        this.container = container;
        this.kubeconfig = kubeconfig;
    }

    static K3sCluster start() {
        K3sContainer container = new K3sContainer(IMAGE);
        container.start();
        try {
            Path kubeconfig = Files.createTempFile("holdfast-e2e", ".kubeconfig");
            Files.writeString(kubeconfig, container.getKubeConfigYaml());
            return new K3sCluster(container, kubeconfig);
        } catch (IOException e) {
            container.stop();
            throw new UncheckedIOException("the cluster's kubeconfig cannot be written", e);
        }
    }

    @Override
    public Path kubeconfig() {
        return kubeconfig;
    }

    @Override
    public void load(Path imageTar) {
        String inside = "/tmp/" + imageTar.toAbsolutePath().hashCode() + ".tar";
        container.copyFileToContainer(MountableFile.forHostPath(imageTar), inside);
        try {
            ExecResult result = container.execInContainer("ctr", "-n", "k8s.io", "images", "import", inside);
            if (result.getExitCode() != 0) {
                throw new IllegalStateException("importing " + imageTar + " failed: " + result.getStderr());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("importing " + imageTar + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while importing " + imageTar, e);
        }
    }

    @Override
    public void close() {
        container.stop();
    }
}
