package dev.holdfast.sidecar.config;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.NodeSet;
import dev.holdfast.sidecar.redis.Security;
import dev.holdfast.sidecar.redlock.Lock;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One file {@code locks/<lock>.json}, with the credentials that lie beside it. */
final class LockFile {

    private final Path directory;
    private final Path file;

    LockFile(Path directory, Path file) {
        this.directory = directory;
        this.file = file;
    }

    LockConfig read() throws ConfigException {
        return parse(text());
    }

    private String text() throws ConfigException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e);
        }
    }

    private LockConfig parse(String text) throws ConfigException {
        try {
            JsonObject json = new JsonObject(text);
            String name = text(json, "lock");
            Lock lock = new Lock(
                    name,
                    duration(json, "leaseDuration"),
                    json.containsKey("lockDelay") ? duration(json, "lockDelay") : Duration.ZERO,
                    json.getValue("maxHold") == null ? Optional.empty() : Optional.of(duration(json, "maxHold")),
                    true);
            return new LockConfig(
                    mode(text(json, "mode")),
                    lock,
                    nodeSet(json.getJsonObject("nodeSet")),
                    Optional.ofNullable(json.getJsonObject("appHealth")).map(LockFile::appHealth));
        } catch (DecodeException | ClassCastException | IllegalArgumentException e) {
            throw new ConfigException(file + ": " + e.getMessage());
        }
    }

    private NodeSet nodeSet(JsonObject json) {
        if (json == null) {
            throw new IllegalArgumentException("nodeSet is missing");
        }
        String name = text(json, "name");
        List<Endpoint> nodes = new ArrayList<>();
        for (Object node : json.getJsonArray("nodes", new JsonArray())) {
            nodes.add(Endpoint.parse(node.toString()));
        }
        Path folder = directory.resolve("credentials").resolve(name);
        boolean tls = Boolean.TRUE.equals(json.getBoolean("tls", false));
        boolean durable = Boolean.TRUE.equals(json.getBoolean("durable", false));
        Security security =
                new Security(() -> credentials(folder), tls ? Optional.of(folder.resolve("ca.crt")) : Optional.empty());
        return new NodeSet(name, text(json, "uid"), nodes, duration(json, "maxLeaseDuration"), durable, security);
    }

    private static AppHealth appHealth(JsonObject json) {
        return new AppHealth(
                text(json, "path"),
                json.getInteger("port", 0),
                duration(json, "period"),
                json.getInteger("failureThreshold", 0));
    }

    /** Read at each connection: the mounted Secret may have changed. */
    private static Optional<Security.Credentials> credentials(Path folder) {
        Path password = folder.resolve("password");
        if (!Files.exists(password)) {
            return Optional.empty();
        }
        try {
            Path user = folder.resolve("username");
            String name = Files.exists(user) ? Files.readString(user).strip() : "default";
            return Optional.of(
                    new Security.Credentials(name, Files.readString(password).strip()));
        } catch (IOException e) {
            throw new IllegalStateException(password + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static LockConfig.Mode mode(String text) {
        return switch (text) {
            case "Leader" -> LockConfig.Mode.LEADER;
            case "Mutex" -> LockConfig.Mode.MUTEX;
            default -> throw new IllegalArgumentException("mode is \"" + text + "\"; use Leader or Mutex");
        };
    }

    private static Duration duration(JsonObject json, String field) {
        try {
            return DurationText.parse(text(json, field));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + " " + e.getMessage(), e);
        }
    }

    private static String text(JsonObject json, String field) {
        if (json.getValue(field) instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new IllegalArgumentException(field + " is missing or not a text");
    }
}
