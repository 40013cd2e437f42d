package dev.holdfast.operator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What an API server knows of the webhook, and what it would send. */
final class Webhooks {

    private Webhooks() {}

    /** The CA that the operator has written into the webhook's configuration. */
    static String authority(ApiServer server) {
        return new String(
                Base64.getDecoder()
                        .decode(server.client()
                                .admissionRegistration()
                                .v1()
                                .mutatingWebhookConfigurations()
                                .withName("holdfast")
                                .get()
                                .getWebhooks()
                                .getFirst()
                                .getClientConfig()
                                .getCaBundle()),
                StandardCharsets.UTF_8);
    }

    /** Of a new pod that names a lock. */
    static String review(String namespace, String lock) {
        return """
                {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "1",
                  "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
                  "namespace": "%s", "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {
                    "name": "new", "labels": {"holdfast.dev/inject": "true"},
                    "annotations": {"holdfast.dev/locks": "%s"}},
                    "spec": {"containers": [{"name": "app", "image": "app"}]}}}}
                """.formatted(namespace, lock);
    }
}
