package dev.holdfast.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an API server was asked, by whom, and what it answered; written before its answer is. */
record AuditLog(Path file) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What an API server has to be told so that it keeps the log; its own requests are left out. */
    static AuditLog in(Path directory) {
        try {
            Files.writeString(directory.resolve("policy.yaml"), """
                    apiVersion: audit.k8s.io/v1
                    kind: Policy
                    omitStages: [RequestReceived]
                    rules:
                      - level: None
                        users: ["system:apiserver"]
                      - level: Metadata
                    """);
            return new AuditLog(directory.resolve("audit.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path policy() {
        return file.resolveSibling("policy.yaml");
    }

    /** In the order in which they were answered; a watch is answered when it begins. */
    List<ApiCall> calls() {
        Map<String, ApiCall> calls = new LinkedHashMap<>();
        try {
            String text = Files.exists(file) ? Files.readString(file) : "";
            // The last line may be half written.
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                JsonNode event = JSON.readTree(line);
                calls.putIfAbsent(event.path("auditID").asText(), ApiCall.parse(event));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(calls.values());
    }

    List<ApiCall> callsOfUser(String user) {
        return calls().stream().filter(call -> call.user().equals(user)).toList();
    }

    List<ApiCall> callsOfAgent(String agent) {
        return calls().stream().filter(call -> call.agent().equals(agent)).toList();
    }
}
