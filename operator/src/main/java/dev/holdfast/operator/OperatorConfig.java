package dev.holdfast.operator;

import dev.holdfast.operator.webhook.InjectionSettings;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * All that the operator is told, by its environment.
 *
 * @param namespace the operator's own
 * @param pod this replica's name
 * @param watched the namespaces of locks; empty: all
 * @param sidecarLogLevel of the sidecars that are injected; empty: their default
 * @param sidecarResources of the sidecars that are injected
 * @param defaultNodeSet of the spec of RedisNodeSet {@code default}, where the operator makes it
 * @param webhookService the Service by which the API server reaches the webhook
 * @param webhookConfiguration the MutatingWebhookConfiguration into which the operator writes its CA
 * @param webhookCertificate the directory in which somebody else's {@code tls.crt} and {@code tls.key} are mounted; empty: the
 *     operator makes its own
 * @param webhookPort from 1 to 65535; 0 for any, which only tests ask for
 * @param healthPort as webhookPort, and another one
 * @param secretsArriveWithin how long kubelets may take to bring a changed Secret to pods
 */
record OperatorConfig(
        String namespace,
        String pod,
        Set<String> watched,
        String sidecarImage,
        String sidecarPullPolicy,
        String sidecarLogLevel,
        ResourceRequirements sidecarResources,
        Map<String, Object> defaultNodeSet,
        String webhookService,
        String webhookConfiguration,
        String webhookCertificate,
        int webhookPort,
        int healthPort,
        Duration secretsArriveWithin) {

    private static final int WEBHOOK_PORT = 9443;
    private static final int HEALTH_PORT = 8080;
    /** What injection need not know before the set is there. */
    private static final Set<String> DEFAULT_NODE_SET_FIELDS =
            Set.of("nodes", "image", "imagePullSecrets", "maxLeaseDuration", "storage", "resources", "scheduling");
    /** A kubelet looks at a pod each minute, and may have a Secret from a cache that is as old. */
    private static final Duration SECRETS_ARRIVE_WITHIN = Duration.ofMinutes(5);

    /** Throws an IllegalArgumentException that names every mistake at once, and says for each what to set. */
    static OperatorConfig read(Map<String, String> environment) {
        Settings settings = new Settings(environment);
        OperatorConfig config = new OperatorConfig(
                settings.namespace("HOLDFAST_NAMESPACE", "the operator's own namespace"),
                settings.required("HOLDFAST_POD", "the name of the operator's own pod"),
                settings.namespaces("HOLDFAST_WATCH_NAMESPACES"),
                settings.required("HOLDFAST_SIDECAR_IMAGE", "the image of the injected sidecar"),
                settings.oneOf("HOLDFAST_SIDECAR_PULL_POLICY", "IfNotPresent", "Always", "Never"),
                settings.logLevel("HOLDFAST_SIDECAR_LOG_LEVEL"),
                settings.resources("HOLDFAST_SIDECAR_RESOURCES", InjectionSettings.DEFAULT_RESOURCES),
                settings.object("HOLDFAST_DEFAULT_NODE_SET", DEFAULT_NODE_SET_FIELDS),
                settings.name("HOLDFAST_WEBHOOK_SERVICE", "holdfast-webhook"),
                settings.name("HOLDFAST_WEBHOOK_CONFIGURATION", "holdfast"),
                settings.directory("HOLDFAST_WEBHOOK_CERTIFICATE"),
                settings.port("HOLDFAST_WEBHOOK_PORT", WEBHOOK_PORT),
                settings.port("HOLDFAST_HEALTH_PORT", HEALTH_PORT),
                settings.duration("HOLDFAST_SECRETS_ARRIVE_WITHIN", SECRETS_ARRIVE_WITHIN));
        if (config.webhookPort == config.healthPort) {
            settings.mistake("HOLDFAST_WEBHOOK_PORT and HOLDFAST_HEALTH_PORT are both " + config.healthPort
                    + "; set two different ports");
        }
        settings.refuseMistakes();
        return config;
    }
}
