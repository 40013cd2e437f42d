package dev.holdfast.operator;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** The operator's process as it is, but for Redis: every node votes. */
final class ScaledOperatorMain {

    private ScaledOperatorMain() {}

    public static void main(String[] arguments) throws Exception {
        new Replica(OperatorConfig.read(System.getenv()), new KubernetesClientBuilder().build(), new FakeNodes(_ -> ""))
                .start();
    }
}
