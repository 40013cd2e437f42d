package dev.holdfast.operator;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code helm test} runs in a pod: asks the API server whether the installation works, and changes nothing. Prints a
 * line for each thing that it looks at; ends with 0 if all are well, else with 1.
 */
public final class InstallationTestMain {

    private static final String NAMESPACE = "HOLDFAST_TEST_NAMESPACE";
    private static final String OPERATOR_NAMESPACE = "HOLDFAST_NAMESPACE";

    /** Nobody has a lock of this name, so the webhook has something to refuse. */
    private static final String NO_LOCK = "helm-test-names-a-lock-that-does-not-exist";

    private InstallationTestMain() {}

    public static void main(String[] arguments) {
        String namespace = variable(NAMESPACE);
        String operatorNamespace = variable(OPERATOR_NAMESPACE);
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            boolean well = true;
            for (Finding finding : look(client, namespace, operatorNamespace)) {
                System.out.println(finding.text());
                well &= finding.problem().isEmpty();
            }
            System.exit(well ? 0 : 1);
        }
    }

    /**
     * Looks at everything, also after something was wrong.
     *
     * @param namespace one whose pods are given sidecars
     * @param operatorNamespace where the operator runs, for what people are told to do
     */
    static List<Finding> look(KubernetesClient client, String namespace, String operatorNamespace) {
        return List.of(
                served(client, DistributedLock.class, namespace),
                served(client, RedisNodeSet.class, namespace),
                webhook(client, namespace, operatorNamespace));
    }

    private static Finding served(KubernetesClient client, Class<? extends HasMetadata> kind, String namespace) {
        String what = "the API server serves " + kind.getSimpleName() + " in namespace " + namespace;
        try {
            client.resources(kind).inNamespace(namespace).list();
            return Finding.good(what);
        } catch (KubernetesClientException e) {
            return Finding.bad(
                    what,
                    e.getMessage() + "; install the chart with crds.enabled=true, or the definitions by other means");
        }
    }

    /** A dry run is asked of the webhook as the real thing is, and nothing is made. */
    private static Finding webhook(KubernetesClient client, String namespace, String operatorNamespace) {
        String what = "the webhook is asked about pods of namespace " + namespace;
        String see = "; see kubectl -n " + operatorNamespace + " get deployment,pods,endpointslices";
        try {
            client.resource(pod()).inNamespace(namespace).dryRun().create();
            return Finding.bad(what, "a pod that asks for a sidecar is made without one" + see);
        } catch (KubernetesClientException e) {
            String said = String.valueOf(e.getMessage());
            return said.contains("inject.holdfast.dev") && said.contains("no DistributedLock \"" + NO_LOCK + '"')
                    ? Finding.good(what)
                    : Finding.bad(what, said + see);
        }
    }

    private static Pod pod() {
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName("holdfast-test-")
                .addToLabels("holdfast.dev/inject", "true")
                .addToAnnotations("holdfast.dev/locks", NO_LOCK)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName("default")
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("app")
                .withImage("never-pulled")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    private static String variable(String name) {
        return Objects.requireNonNull(System.getenv(name), name);
    }

    /** One thing that was looked at, and what is wrong with it. */
    record Finding(String what, Optional<String> problem) {
        static Finding good(String what) {
            return new Finding(what, Optional.empty());
        }

        static Finding bad(String what, String problem) {
            return new Finding(what, Optional.of(problem));
        }

        String text() {
            return problem.map(wrong -> "✗ not so: " + what + ": " + wrong).orElse("✓ " + what);
        }
    }
}
