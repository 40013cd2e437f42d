package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transitions as Kubernetes Events, and as log lines. One occasion is one Event, however often it is announced: whoever
 * reconciles may see the state of before once more. An Event that cannot be written stops nothing.
 */
final class Announcements {

    private static final int UID_DIGITS = 8;
    private static final int ANNOUNCED = 409;

    private final Logger log = LoggerFactory.getLogger(Announcements.class);
    private final KubernetesClient client;
    private final Clock wallClock;

    Announcements(KubernetesClient client, Clock wallClock) {
        this.client = client;
        this.wallClock = wallClock;
    }

    /** @param occasion tells this transition from others with the same reason; letters, digits and '-' */
    void normal(HasMetadata about, String reason, String occasion, String message) {
        announce(about, "Normal", reason, occasion, message);
    }

    /** @param occasion tells this transition from others with the same reason; letters, digits and '-' */
    void warning(HasMetadata about, String reason, String occasion, String message) {
        announce(about, "Warning", reason, occasion, message);
    }

    private void announce(HasMetadata about, String type, String reason, String occasion, String message) {
        String name = about.getMetadata().getName()
                + '.'
                + about.getMetadata().getUid().substring(0, UID_DIGITS)
                + '.'
                + reason.toLowerCase(Locale.ROOT)
                + (occasion.isEmpty() ? "" : '-' + occasion);
        String now = wallClock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.resource(new EventBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .withNamespace(about.getMetadata().getNamespace())
                            .endMetadata()
                            .withInvolvedObject(new ObjectReferenceBuilder()
                                    .withApiVersion(about.getApiVersion())
                                    .withKind(about.getKind())
                                    .withName(about.getMetadata().getName())
                                    .withNamespace(about.getMetadata().getNamespace())
                                    .withUid(about.getMetadata().getUid())
                                    .build())
                            .withType(type)
                            .withReason(reason)
                            .withMessage(message)
                            .withNewSource()
                            .withComponent("holdfast-operator")
                            .endSource()
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .build())
                    .create();
            log.atInfo()
                    .addKeyValue("kind", about.getKind())
                    .addKeyValue("namespace", about.getMetadata().getNamespace())
                    .addKeyValue("name", about.getMetadata().getName())
                    .addKeyValue("reason", reason)
                    .log(message);
        } catch (KubernetesClientException e) {
            if (e.getCode() == ANNOUNCED) {
                return;
            }
            log.atWarn()
                    .addKeyValue("reason", reason)
                    .addKeyValue("status", e.getCode())
                    .log("event cannot be written");
        }
    }
}
