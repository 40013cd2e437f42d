package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.config.Cluster;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A pod as far as an API server knows it, in a namespace of its own, and what the kubelet would mount into it. Its service
 * account may patch the status of pods, and nothing else.
 */
public final class TestPod {

    private static final String NAME = "shop-0";

    private final TestApiServer server;
    private final String namespace = "test-" + UUID.randomUUID();
    private final Path directory;
    private String uid;

    public TestPod(TestApiServer server) throws IOException {
        this.server = server;
        this.directory = Files.createTempDirectory("holdfast-pod");
        KubernetesClient client = server.client();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("shop")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .create();
        client.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("sidecar")
                        .withNamespace(namespace)
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("pods/status")
                        .withVerbs("patch")
                        .endRule()
                        .build())
                .create();
        allow();
        uid = create();
        Files.createDirectories(directory.resolve("kubernetes"));
        writeAuthority(server.authority());
        writeToken(token());
    }

    /** The role binding. */
    void allow() {
        server.client()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("sidecar")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "sidecar")
                        .addNewSubject(null, "ServiceAccount", "shop", namespace)
                        .build())
                .create();
    }

    void forbid() {
        server.client()
                .rbac()
                .roleBindings()
                .inNamespace(namespace)
                .withName("sidecar")
                .delete();
    }

    /** Another pod takes this one's name; this one's mounts stay as they are. */
    Pod replace() {
        resource().withGracePeriod(0).delete();
        create();
        return resource().get();
    }

    void delete() {
        resource().withGracePeriod(0).delete();
    }

    private String create() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(namespace)
                .withLabels(Map.of("app", "shop"))
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName("shop")
                .addNewContainer()
                .withName("shop")
                .withImage("shop")
                .endContainer()
                .endSpec()
                .build();
        String created = server.client().resource(pod).create().getMetadata().getUid();
        resource()
                .editStatus(as -> new PodBuilder(as)
                        .editStatus()
                        .addToConditions(
                                new PodConditionBuilder()
                                        .withType("Ready")
                                        .withStatus("True")
                                        .build(),
                                new PodConditionBuilder()
                                        .withType("example.com/other")
                                        .withStatus("True")
                                        .withMessage("somebody else's")
                                        .build())
                        .endStatus()
                        .build());
        return created;
    }

    /** A token of the service account, bound to the pod, as the kubelet mounts it. */
    String token() {
        return token(new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(3600L)
                .withNewBoundObjectRef("v1", "Pod", NAME, uid)
                .endSpec()
                .build());
    }

    /** A token that outlives the pod: some clusters mount such. */
    String unboundToken() {
        return token(new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(3600L)
                .endSpec()
                .build());
    }

    private String token(TokenRequest request) {
        return server.client()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName("shop")
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }

    void writeToken(String token) throws IOException {
        Files.writeString(directory.resolve("kubernetes/token"), token);
    }

    void writeAuthority(String pem) throws IOException {
        Files.writeString(directory.resolve("kubernetes/ca.crt"), pem);
    }

    /** What is mounted at /etc/holdfast. */
    public Path directory() {
        return directory;
    }

    /** What the kubelet sets. */
    public Map<String, String> environment(String apiHost, int apiPort) {
        return Map.of(
                "HOLDFAST_CONFIG", directory.toString(),
                "HOLDFAST_POD", NAME,
                "HOLDFAST_NAMESPACE", namespace,
                "HOLDFAST_POD_UID", uid,
                "KUBERNETES_SERVICE_HOST", apiHost,
                "KUBERNETES_SERVICE_PORT", Integer.toString(apiPort));
    }

    Cluster.Pod seenFrom(String apiHost, int apiPort) {
        return new Cluster.Pod(
                namespace,
                NAME,
                uid,
                apiHost,
                apiPort,
                directory.resolve("kubernetes/token"),
                directory.resolve("kubernetes/ca.crt"));
    }

    public PodResource resource() {
        return server.client().pods().inNamespace(namespace).withName(NAME);
    }

    List<io.fabric8.kubernetes.api.model.PodCondition> conditions() {
        return resource().get().getStatus().getConditions();
    }

    /** A lock's condition as {@code status/reason/message}; empty if there is none. */
    public String condition(String lock) {
        return show(resource().get(), lock);
    }

    private static String show(Pod pod, String lock) {
        return find(pod, lock)
                .map(one -> one.getStatus() + "/" + one.getReason() + "/" + one.getMessage())
                .orElse("");
    }

    Optional<io.fabric8.kubernetes.api.model.PodCondition> find(String lock) {
        return find(resource().get(), lock);
    }

    private static Optional<io.fabric8.kubernetes.api.model.PodCondition> find(Pod pod, String lock) {
        return pod.getStatus().getConditions().stream()
                .filter(one -> one.getType().equals("holdfast.dev/" + lock))
                .findAny();
    }

    /** Everything that the condition says from now on, one entry per change of the pod. */
    public History history(String lock) {
        return new History(lock);
    }

    /** What a watch saw. */
    public final class History implements AutoCloseable {
        private final List<String> entries = new CopyOnWriteArrayList<>();
        private final Watch watch;

        History(String lock) {
            ListOptions fromNow = new ListOptionsBuilder()
                    .withResourceVersion(resource().get().getMetadata().getResourceVersion())
                    .build();
            watch = resource().watch(fromNow, new Watcher<>() {
                @Override
                public void eventReceived(Action action, Pod pod) {
                    if (action == Action.MODIFIED) {
                        entries.add(show(pod, lock));
                    }
                }

                @Override
                public void onClose(WatcherException cause) {}
            });
        }

        public List<String> entries() {
            return entries;
        }

        @Override
        public void close() {
            watch.close();
        }
    }
}
