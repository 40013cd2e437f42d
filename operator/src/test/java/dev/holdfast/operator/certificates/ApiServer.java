package dev.holdfast.operator.certificates;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real API server and etcd, once for all tests of a run. Nothing else runs: no controllers, no kubelet. */
public final class ApiServer {
    static final String VERSION = "1.36.2";
    private static final KubeAPIServer SERVER = started();

    private ApiServer() {}

    public static KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(SERVER.getKubeConfigYaml()))
                .build();
    }

    /** A namespace in which pods must be harmless. */
    public static void createNamespace(KubernetesClient client, String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    /** Whether the programs are here. */
    static boolean isInstalled() {
        Path folder = Path.of(System.getProperty("user.home"), ".kubeapitest", "k8s", VERSION + "-linux-amd64");
        return List.of("etcd", "kube-apiserver", "kubectl").stream()
                .allMatch(program -> Files.isExecutable(folder.resolve(program)));
    }

    private static KubeAPIServer started() {
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .build());
        // Not after a class: what it leaves to clean up is cleaned up later.
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.start();
        return server;
    }
}
