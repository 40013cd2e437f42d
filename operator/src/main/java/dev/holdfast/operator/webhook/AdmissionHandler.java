package dev.holdfast.operator.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.operator.webhook.Injection.Deny;
import dev.holdfast.operator.webhook.Injection.Inject;
import dev.holdfast.operator.webhook.Injection.Skip;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads an admission review, has the decision made, and writes the review that answers it. Thread-safe. */
public final class AdmissionHandler {
    private static final Logger log = LoggerFactory.getLogger(AdmissionHandler.class);
    private static final String API_VERSION = "admission.k8s.io/v1";
    /** Shorter than the API server waits, so that it learns why. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final ObjectMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final Injector injector;
    private final AdmissionCount count;
    private final Duration patience;

    public AdmissionHandler(InjectionSettings settings, Locks locks, AdmissionCount count) {
        this(settings, locks, count, PATIENCE);
    }

    AdmissionHandler(InjectionSettings settings, Locks locks, AdmissionCount count, Duration patience) {
        this.injector = new Injector(settings, locks);
        this.count = count;
        this.patience = patience;
    }

    /** May block for as long as locks are looked up. */
    Answer handle(byte[] body) {
        JsonNode review;
        try {
            // Here and not for all: some of the model's own readers leave tokens behind.
            review = json.reader()
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(body);
        } catch (IOException e) {
            return Answer.refusal(400, "the body is no JSON document");
        }
        if (!API_VERSION.equals(review.path("apiVersion").asText())
                || !"AdmissionReview".equals(review.path("kind").asText())) {
            return Answer.refusal(400, "send an AdmissionReview of " + API_VERSION);
        }
        JsonNode request = review.path("request");
        String uid = request.path("uid").asText();
        if (uid.isEmpty()) {
            return Answer.refusal(400, "the AdmissionReview has no request.uid");
        }
        Injection injection = isNewPod(request) ? decide(request) : new Skip(Skip.Reason.NOT_A_NEW_POD);
        count.count(injection.decision(), injection.reasonName());
        return Answer.review(write(uid, injection));
    }

    private static boolean isNewPod(JsonNode request) {
        return request.path("kind").path("group").asText().isEmpty()
                && "Pod".equals(request.path("kind").path("kind").asText())
                && "CREATE".equals(request.path("operation").asText())
                && request.path("subResource").asText().isEmpty();
    }

    private Injection decide(JsonNode request) {
        Pod pod;
        try {
            pod = json.treeToValue(request.path("object"), Pod.class);
        } catch (JsonProcessingException e) {
            return failure(request, e);
        }
        if (pod == null || pod.getMetadata() == null || pod.getSpec() == null) {
            return failure(request, new IllegalArgumentException("a pod without metadata or spec"));
        }
        String namespace = request.path("namespace").asText();
        Injection injection = decideInTime(request, pod, namespace);
        String name = pod.getMetadata().getName() == null
                ? pod.getMetadata().getGenerateName()
                : pod.getMetadata().getName();
        log.atInfo()
                .addKeyValue("namespace", namespace)
                .addKeyValue("pod", name)
                .addKeyValue("decision", injection.decision())
                .addKeyValue("reason", injection.reasonName())
                .log("pod admission decided");
        return injection;
    }

    private Injection decideInTime(JsonNode request, Pod pod, String namespace) {
        CompletableFuture<Injection> decision = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("admission").start(() -> {
            try {
                decision.complete(injector.decide(pod, namespace));
            } catch (RuntimeException e) {
                decision.completeExceptionally(e);
            }
        });
        try {
            return decision.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return failure(request, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            thread.interrupt();
            return failure(request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failure(request, e);
        }
    }

    /** A denial, not an error status: a pod that asked for the sidecar must not start without it while we can say so. */
    private static Injection failure(JsonNode request, Throwable cause) {
        log.atError()
                .addKeyValue("namespace", request.path("namespace").asText())
                .addKeyValue("uid", request.path("uid").asText())
                .setCause(cause)
                .log("no decision about a pod");
        return new Deny(
                Deny.Reason.FAILURE,
                "Holdfast could not decide about this pod, and its operator's log says why; create the pod again");
    }

    private String write(String uid, Injection injection) {
        ObjectNode review = json.createObjectNode();
        review.put("apiVersion", API_VERSION).put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response");
        response.put("uid", uid).put("allowed", !(injection instanceof Deny));
        response.putObject("auditAnnotations").put("decision", injection.decision() + ' ' + injection.reasonName());
        switch (injection) {
            case Inject inject -> {
                response.put("patchType", "JSONPatch").put("patch", encode(inject.patch()));
                if (!inject.warnings().isEmpty()) {
                    inject.warnings().forEach(response.putArray("warnings")::add);
                }
            }
            case Skip _ -> {}
            case Deny deny -> {
                boolean ours = deny.reason() == Deny.Reason.FAILURE;
                response.putObject("status")
                        .put("status", "Failure")
                        .put("message", deny.message())
                        .put("reason", ours ? "InternalError" : "Forbidden")
                        .put("code", ours ? 500 : 403);
            }
        }
        return review.toString();
    }

    private String encode(List<Addition> patch) {
        return Base64.getEncoder().encodeToString(patch(patch).toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The patch as RFC 6902 writes it. */
    private JsonNode patch(List<Addition> additions) {
        var operations = json.createArrayNode();
        for (Addition addition : additions) {
            operations
                    .addObject()
                    .put("op", "add")
                    .put("path", addition.path())
                    .set("value", json.valueToTree(addition.value()));
        }
        return operations;
    }
}
