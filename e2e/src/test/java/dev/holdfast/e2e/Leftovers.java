package dev.holdfast.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What of a release is still in the cluster. */
final class Leftovers {

    private static final Map<String, List<String>> KINDS = Map.of(
            "v1", List.of("Service", "ServiceAccount", "Secret", "ConfigMap"),
            "apps/v1", List.of("Deployment"),
            "policy/v1", List.of("PodDisruptionBudget"),
            "networking.k8s.io/v1", List.of("NetworkPolicy"),
            "rbac.authorization.k8s.io/v1", List.of("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"),
            "admissionregistration.k8s.io/v1",
                    List.of(
                            "MutatingWebhookConfiguration",
                            "ValidatingAdmissionPolicy",
                            "ValidatingAdmissionPolicyBinding"),
            "apiextensions.k8s.io/v1", List.of("CustomResourceDefinition"));

    private Leftovers() {}

    /** As kind and name. */
    static List<String> of(Kube kube) {
        List<String> found = new ArrayList<>();
        KINDS.forEach((version, kinds) -> {
            for (String kind : kinds) {
                kube.client()
                        .genericKubernetesResources(version, kind)
                        .inAnyNamespace()
                        .withLabel("helm.sh/chart")
                        .withLabel("app.kubernetes.io/name", "holdfast")
                        .list()
                        .getItems()
                        .forEach(item ->
                                found.add(kind + " " + item.getMetadata().getName()));
            }
        });
        return found;
    }
}
