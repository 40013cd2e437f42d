package dev.holdfast.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
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

/** Gives tests a real API server or a client of it, one for all of them; without its programs they are skipped. */
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
        Class<?> type = parameter.getParameter().getType();
        return type == KubernetesClient.class || type == ApiServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // Stopped with the root context, after every extension of a test class.
        ApiServer server = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(RealApiServer.class))
                .getOrComputeIfAbsent(
                        KEY, _ -> new ApiServer(directory(), version().orElseThrow()), ApiServer.class);
        return parameter.getParameter().getType() == ApiServer.class ? server : server.client();
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
}
