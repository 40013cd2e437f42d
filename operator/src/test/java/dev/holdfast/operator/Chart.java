package dev.holdfast.operator;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the chart gives the operator in a cluster: its account, its rights, its webhook and the policies, but no process. */
record Chart(List<HasMetadata> objects) {

    static final String NAMESPACE = "holdfast-system";

    /** The oldest that it supports. */
    private static final String KUBERNETES = "1.30.0";

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private static final Set<String> PARTS = Set.of(
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "ClusterRole",
            "ClusterRoleBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding");

    /** @param watched the namespaces of locks; none: all */
    static Chart render(String... watched) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < watched.length; i++) {
            values.put("watchNamespaces[" + i + "]", watched[i]);
        }
        return render(values);
    }

    /** @param values by their whole names */
    static Chart render(Map<String, String> values) {
        var template = new Helm(Path.of("../helm/holdfast"))
                .template()
                .withName("holdfast")
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        values.forEach(template::set);
        return new Chart(Stream.of(template.call().split("(?m)^---$", -1))
                .filter(document -> document.contains("kind:"))
                .<HasMetadata>map(YAML::unmarshal)
                .filter(object -> PARTS.contains(object.getKind()))
                .toList());
    }

    /** Into its own namespace, which is made. */
    void install(KubernetesClient client) {
        TestNamespace.create(client, NAMESPACE);
        // Of an earlier one.
        client.leases().inNamespace(NAMESPACE).delete();
        client.secrets().inNamespace(NAMESPACE).delete();
        objects.forEach(object -> client.resource(object).serverSideApply());
    }

    void uninstall(KubernetesClient client) {
        objects.reversed().forEach(object -> client.resource(object).delete());
    }

    /** Of a Role or ClusterRole. */
    Set<Right> rightsOf(String role) {
        return Stream.concat(
                        ofKind(ClusterRole.class).stream()
                                .filter(it -> it.getMetadata().getName().equals(role))
                                .map(ClusterRole::getRules),
                        ofKind(Role.class).stream()
                                .filter(it -> it.getMetadata().getName().equals(role))
                                .map(Role::getRules))
                .flatMap(List::stream)
                .flatMap(Right::of)
                .collect(Collectors.toCollection(HashSet::new));
    }

    <T extends HasMetadata> List<T> ofKind(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
