package dev.holdfast.operator;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests a client of a real API server, one for all of them; without its programs they are skipped. */
public final class RealApiServer implements ExecutionCondition, ParameterResolver {

    private static final String KEY = "api-server";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return version().isPresent()
                ? ConditionEvaluationResult.enabled("an API server's programs are there")
                : ConditionEvaluationResult.disabled("needs kube-apiserver, etcd and kubectl in " + directory()
                        + "/k8s/<version>-linux-amd64 (or in the folder that KUBE_API_TEST_DIR names)");
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == KubernetesClient.class;
    }

    @Override
    public KubernetesClient resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(RealApiServer.class))
                .getOrComputeIfAbsent(KEY, _ -> new Running(version().orElseThrow()), Running.class)
                .client();
    }

    private static Path directory() {
        String named = System.getenv("KUBE_API_TEST_DIR");
        return named == null ? Path.of(System.getProperty("user.home"), ".kubeapitest") : Path.of(named);
    }

    private static Optional<String> version() {
        Path programs = directory().resolve("k8s");
        if (!Files.isDirectory(programs)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(programs)) {
            return versions.filter(folder -> Stream.of("kube-apiserver", "etcd", "kubectl")
                            .allMatch(program -> Files.isExecutable(folder.resolve(program))))
                    .map(folder -> folder.getFileName().toString().replaceFirst("-.*", ""))
                    .max(Comparator.naturalOrder());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Stopped with the root context, after every extension of a test class. */
    private static final class Running implements AutoCloseable {
        private final KubeAPIServer server;
        private final KubernetesClient client;

        Running(String version) {
            server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withOfflineMode(true)
                    .withTestDir(directory().toString())
                    .withApiServerVersion(version)
                    .build());
            server.start();
            client = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                    .build();
            Crds.apply(client);
        }

        KubernetesClient client() {
            return client;
        }

        @Override
        public void close() {
            client.close();
            server.stop();
        }
    }
}
