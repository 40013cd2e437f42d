package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transitions as Kubernetes Events, and as log lines. An Event that cannot be written stops nothing. */
final class Announcements {

    private final Logger log = LoggerFactory.getLogger(Announcements.class);
    private final KubernetesClient client;
    private final Clock wallClock;

    Announcements(KubernetesClient client, Clock wallClock) {
        this.client = client;
        this.wallClock = wallClock;
    }

    void normal(HasMetadata about, String reason, String message) {
        announce(about, "Normal", reason, message);
    }

    void warning(HasMetadata about, String reason, String message) {
        announce(about, "Warning", reason, message);
    }

    private void announce(HasMetadata about, String type, String reason, String message) {
        log.atInfo()
                .addKeyValue("kind", about.getKind())
                .addKeyValue("namespace", about.getMetadata().getNamespace())
                .addKeyValue("name", about.getMetadata().getName())
                .addKeyValue("reason", reason)
                .log(message);
        String now = wallClock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(about.getMetadata().getName() + '-')
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
        } catch (KubernetesClientException e) {
            log.atWarn()
                    .addKeyValue("reason", reason)
                    .addKeyValue("status", e.getCode())
                    .log("event cannot be written");
        }
    }
}
