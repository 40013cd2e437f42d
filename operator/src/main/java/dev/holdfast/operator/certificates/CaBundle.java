package dev.holdfast.operator.certificates;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
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
        ArrayNode patch = difference(found.getWebhooks(), bundle);
        if (!patch.isEmpty()) {
            resource.patch(PatchContext.of(PatchType.JSON), patch.toString());
            log.atInfo().addKeyValue("configuration", configuration).log("webhook CA published");
        }
        return true;
    }

    private static ArrayNode difference(List<MutatingWebhook> webhooks, String bundle) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < webhooks.size(); i++) {
            MutatingWebhook webhook = webhooks.get(i);
            if (!bundle.equals(webhook.getClientConfig().getCaBundle())) {
                // The list may have changed since it was read.
                add(patch, "test", "/webhooks/" + i + "/name", webhook.getName());
                add(patch, "add", "/webhooks/" + i + "/clientConfig/caBundle", bundle);
            }
        }
        return patch;
    }

    private static void add(ArrayNode patch, String operation, String path, String value) {
        patch.addObject().put("op", operation).put("path", path).put("value", value);
    }
}
