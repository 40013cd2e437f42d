package dev.holdfast.operator;

import dev.holdfast.operator.webhook.InjectionSettings;
import java.util.Map;
import java.util.Set;

/** Replicas in the process of a test. */
final class Replicas {

    private Replicas() {}

    /** Of one that listens on ports that are free. */
    static OperatorConfig config(Set<String> watched) {
        return config(watched, "");
    }

    /** With a certificate that is mounted in a directory. */
    static OperatorConfig config(Set<String> watched, String webhookCertificate) {
        return new OperatorConfig(
                Chart.NAMESPACE,
                "holdfast-operator-0",
                watched,
                "sidecar",
                "IfNotPresent",
                "",
                InjectionSettings.DEFAULT_RESOURCES,
                Map.of(),
                "holdfast-webhook",
                "holdfast",
                webhookCertificate,
                0,
                0,
                Loops.SECRETS_ARRIVE_WITHIN);
    }
}
