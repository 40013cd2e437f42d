package dev.holdfast.sidecar.redis;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The nodes that vote together.
 *
 * @param uid never used before or again for another set: it is part of every key
 * @param nodes slot by slot; the number never changes, an address may
 * @param maxLease no lease of the set is longer; fixed for the life of the set
 * @param durable whether nodes keep all they acknowledged through a restart ({@code appendfsync always} on real storage)
 */
public record NodeSet(
        String name, String uid, List<Endpoint> nodes, Duration maxLease, boolean durable, Security security) {

    private static final Pattern UID = Pattern.compile("[A-Za-z0-9._-]{1,253}");

    public NodeSet {
        nodes = List.copyOf(nodes);
        if (!UID.matcher(uid).matches()) {
            throw new IllegalArgumentException("node set uid \"" + uid + "\": use letters, digits, '.', '_' and '-'");
        }
    }

    String id(int slot) {
        return uid + "/" + slot;
    }

    String key(String rest) {
        return "holdfast:{" + uid + "}:" + rest;
    }
}
