package dev.holdfast.operator.certificates;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the API server which CA the webhook's certificate is of. */
final class CaBundle {
    private static final Logger log = LoggerFactory.getLogger(CaBundle.class);

    private final KubernetesClient client;
    private final String configuration;

    CaBundle(KubernetesClient client, String configuration) {
        this.client = client;
        this.configuration = configuration;
    }

    /** Whether the configuration is there and now names these authorities. */
    boolean publish(String authorities) {
        var resource = client.admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .withName(configuration);
        MutatingWebhookConfiguration found = resource.get();
        if (found == null) {
            return false;
        }
        String bundle = Base64.getEncoder().encodeToString(authorities.getBytes(StandardCharsets.UTF_8));
        JsonArray patch = difference(found.getWebhooks(), bundle);
        if (!patch.isEmpty()) {
            resource.patch(PatchContext.of(PatchType.JSON), patch.encode());
            log.atInfo().addKeyValue("configuration", configuration).log("webhook CA published");
        }
        return true;
    }

    private static JsonArray difference(List<MutatingWebhook> webhooks, String bundle) {
        JsonArray patch = new JsonArray();
        for (int i = 0; i < webhooks.size(); i++) {
            MutatingWebhook webhook = webhooks.get(i);
            if (!bundle.equals(webhook.getClientConfig().getCaBundle())) {
                // The list may have changed since it was read.
                patch.add(operation("test", "/webhooks/" + i + "/name", webhook.getName()));
                patch.add(operation("add", "/webhooks/" + i + "/clientConfig/caBundle", bundle));
            }
        }
        return patch;
    }

    private static JsonObject operation(String operation, String path, String value) {
        return new JsonObject().put("op", operation).put("path", path).put("value", value);
    }
}
