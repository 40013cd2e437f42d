package dev.holdfast.sidecar.kubernetes;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

/** A real API server on a real etcd, with no controllers and no kubelet; one for all tests of a JVM. */
public final class TestApiServer {

    static final Path DIRECTORY = Path.of(
            System.getenv().getOrDefault("KUBE_API_TEST_DIR", System.getProperty("user.home") + "/.kubeapitest"));

    private final KubernetesClient client;
    private final Config config;

    private TestApiServer() {
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(DIRECTORY.toString())
                .withOfflineMode(true)
                .build());
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.start();
        config = Config.fromKubeconfig(server.getKubeConfigYaml());
        client = new KubernetesClientBuilder().withConfig(config).build();
    }

    /** The one of this JVM, started by the first who asks. */
    public static TestApiServer running() {
        return Running.SERVER;
    }

    static boolean isInstalled() {
        try (Stream<Path> versions = Files.list(DIRECTORY.resolve("k8s"))) {
            return versions.anyMatch(version -> Stream.of("etcd", "kube-apiserver", "kubectl")
                    .allMatch(program -> Files.isExecutable(version.resolve(program))));
        } catch (IOException _) {
            return false;
        }
    }

    /** Somebody who may do anything. */
    public KubernetesClient client() {
        return client;
    }

    public String host() {
        return URI.create(config.getMasterUrl()).getHost();
    }

    public int port() {
        return URI.create(config.getMasterUrl()).getPort();
    }

    /** The certificate authority, as PEM. */
    public String authority() throws IOException {
        return config.getCaCertData() == null
                ? Files.readString(Path.of(config.getCaCertFile()))
                : new String(Base64.getDecoder().decode(config.getCaCertData()), StandardCharsets.US_ASCII);
    }

    private static final class Running {
        static final TestApiServer SERVER = new TestApiServer();
    }
}
