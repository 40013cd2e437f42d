package dev.holdfast.e2e;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.testcontainers.DockerClientFactory;

/** Finds one cluster for the whole run: the one that is named, else one in Docker, else none. */
final class ClusterExtension implements ExecutionCondition, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(ClusterExtension.class);
    private static final String KUBECONFIG = "HOLDFAST_E2E_KUBECONFIG";
    private static final String LOAD = "HOLDFAST_E2E_LOAD";
    private static final String HOW = "e2e: skipped, no cluster: start Docker, or set " + KUBECONFIG
            + " to a cluster's kubeconfig and " + LOAD + " to a command that loads an image's tar into it";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (isNamed()
                || context.getRoot()
                        .getStore(NAMESPACE)
                        .getOrComputeIfAbsent("docker", _ -> isDocker(), Boolean.class)) {
            return ConditionEvaluationResult.enabled("there is a cluster");
        }
        return ConditionEvaluationResult.disabled(HOW);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Cluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root's store closes it after the last test.
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("cluster", _ -> new LoadedOnce(find()), Cluster.class);
    }

    private static Cluster find() {
        String kubeconfig = environment(KUBECONFIG);
        if (kubeconfig == null) {
            return K3sCluster.start();
        }
        String loader = environment(LOAD);
        if (loader == null) {
            throw new IllegalStateException(KUBECONFIG + " is set, but " + LOAD
                    + " is not; set it to a command that loads an image's tar into that cluster");
        }
        return new GivenCluster(Path.of(kubeconfig), loader);
    }

    private static boolean isNamed() {
        return environment(KUBECONFIG) != null;
    }

    /** Says how to provide a cluster, once, where there is none. */
    private static boolean isDocker() {
        boolean docker = DockerClientFactory.instance().isDockerAvailable();
        if (!docker) {
            System.out.println(HOW);
        }
        return docker;
    }

    private static @Nullable String environment(String name) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
