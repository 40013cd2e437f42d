package dev.holdfast.operator;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real API server with the project's definitions, which lets nobody set an owner reference that blocks a deletion without
 * the right to, and keeps a log of its requests. Nothing runs beside it: no kubelet, no controllers, no garbage collector.
 */
public final class ApiServer implements AutoCloseable {

    private final KubeAPIServer server;
    private final Config config;
    private final KubernetesClient client;
    private final AuditLog audit;

    ApiServer(Path programs, String version) {
        this.audit = AuditLog.in(temporary());
        this.server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withOfflineMode(true)
                .withTestDir(programs.toString())
                .withApiServerVersion(version)
                .withApiServerFlag("--enable-admission-plugins", "OwnerReferencesPermissionEnforcement")
                .withApiServerFlag("--audit-policy-file", audit.policy().toString())
                .withApiServerFlag("--audit-log-path", audit.file().toString())
                .build());
        server.start();
        this.config = Config.fromKubeconfig(server.getKubeConfigYaml());
        this.client = new KubernetesClientBuilder().withConfig(config).build();
        Crds.apply(client);
    }

    private static Path temporary() {
        try {
            Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
            return Files.createTempDirectory(target, "api-server-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** With all rights. */
    public KubernetesClient client() {
        return client;
    }

    /** To be changed: for another user, or another name in the log. */
    ConfigBuilder config() {
        return new ConfigBuilder(config);
    }

    /** Of the administrator. */
    String kubeconfig() {
        return server.getKubeConfigYaml();
    }

    AuditLog audit() {
        return audit;
    }

    @Override
    public void close() {
        client.close();
        server.stop();
    }
}
