package dev.holdfast.operator;

import dev.holdfast.crds.DurationText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that the operator is told, by its environment.
 *
 * @param namespace the operator's own
 * @param pod this replica's name
 * @param watched the namespaces of locks; empty: all
 * @param secretsArriveWithin how long kubelets may take to bring a changed Secret to pods
 */
record OperatorConfig(
        String namespace,
        String pod,
        Set<String> watched,
        String sidecarImage,
        String sidecarPullPolicy,
        String sidecarLogLevel,
        String webhookService,
        String webhookConfiguration,
        int webhookPort,
        int healthPort,
        Duration secretsArriveWithin) {

    static OperatorConfig read(Map<String, String> environment) {
        return new OperatorConfig(
                required(environment, "HOLDFAST_NAMESPACE", "the operator's own namespace"),
                required(environment, "HOLDFAST_POD", "the operator's own pod"),
                Arrays.stream(environment
                                .getOrDefault("HOLDFAST_WATCH_NAMESPACES", "")
                                .split(",", -1))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()),
                required(environment, "HOLDFAST_SIDECAR_IMAGE", "the image of the injected sidecar"),
                environment.getOrDefault("HOLDFAST_SIDECAR_PULL_POLICY", "IfNotPresent"),
                environment.getOrDefault("HOLDFAST_SIDECAR_LOG_LEVEL", ""),
                environment.getOrDefault("HOLDFAST_WEBHOOK_SERVICE", "holdfast-webhook"),
                environment.getOrDefault("HOLDFAST_WEBHOOK_CONFIGURATION", "holdfast"),
                port(environment, "HOLDFAST_WEBHOOK_PORT", 9443),
                port(environment, "HOLDFAST_HEALTH_PORT", 8080),
                duration(environment, "HOLDFAST_SECRETS_ARRIVE_WITHIN", "5m"));
    }

    private static String required(Map<String, String> environment, String name, String meaning) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " is not set; set it to " + meaning);
        }
        return value;
    }

    private static Duration duration(Map<String, String> environment, String name, String otherwise) {
        String text = environment.getOrDefault(name, otherwise);
        return DurationText.parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException(name + " is \"" + text + "\"; set a duration such as 5m"));
    }

    private static int port(Map<String, String> environment, String name, int otherwise) {
        String text = environment.getOrDefault(name, Integer.toString(otherwise));
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " is \"" + text + "\"; set a port from 1 to 65535");
    }
}
