package dev.holdfast.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * A request as the API server itself saw and authorized it.
 *
 * @param verb such as list; of rights, not of HTTP
 * @param resource with its subresource, as in pods/status; empty for what is no object
 * @param name empty where many are meant
 */
record ApiCall(
        Instant at,
        String user,
        String agent,
        String verb,
        String group,
        String resource,
        String namespace,
        String name,
        int status) {

    private static final Set<String> READING = Set.of("get", "list", "watch");

    static ApiCall parse(JsonNode event) {
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText();
        return new ApiCall(
                Instant.parse(event.path("requestReceivedTimestamp").asText()),
                event.path("user").path("username").asText(),
                event.path("userAgent").asText(),
                event.path("verb").asText(),
                object.path("apiGroup").asText(),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : '/' + subresource),
                object.path("namespace").asText(),
                object.path("name").asText(),
                event.path("responseStatus").path("code").asInt());
    }

    boolean isWrite() {
        return !READING.contains(verb);
    }

    /** The election's own lease is renewed as long as an operator lives. */
    boolean isElection() {
        return resource.equals("leases");
    }
}
