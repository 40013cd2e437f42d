package dev.holdfast.operator.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Reviews as an API server sends them, and what it makes of the answer. */
final class Review {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String UID = "705ab4f5-6393-11e8-b7cc-42010a800002";

    private Review() {}

    /** Of a pod that is to be created. */
    static ObjectNode of(JsonNode pod, String namespace) {
        ObjectNode review = JSON.createObjectNode();
        review.put("apiVersion", "admission.k8s.io/v1").put("kind", "AdmissionReview");
        ObjectNode request = review.putObject("request");
        request.put("uid", UID);
        request.putObject("kind").put("group", "").put("version", "v1").put("kind", "Pod");
        request.putObject("resource").put("group", "").put("version", "v1").put("resource", "pods");
        request.put("operation", "CREATE").put("namespace", namespace).put("dryRun", false);
        request.set("object", pod);
        return review;
    }

    static byte[] bytes(JsonNode review) {
        return review.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The response in a review that answers. */
    static JsonNode response(String body) {
        return parse(body.getBytes(StandardCharsets.UTF_8)).path("response");
    }

    /** The patch of a response; an empty list when it has none. */
    static JsonNode patch(JsonNode response) {
        if (!response.has("patch")) {
            return JSON.createArrayNode();
        }
        return parse(Base64.getDecoder().decode(response.path("patch").asText()));
    }

    static JsonNode patched(JsonNode pod, JsonNode response) {
        return JsonPatch.apply(patch(response), pod);
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
