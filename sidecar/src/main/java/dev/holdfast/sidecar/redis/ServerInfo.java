package dev.holdfast.sidecar.redis;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a server says of itself (INFO), and whether it can be a node. */
record ServerInfo(Map<String, String> fields) {

    static ServerInfo parse(String info) {
        Map<String, String> fields = new HashMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return new ServerInfo(fields);
    }

    /** Changes with every start of the process. */
    String runId() {
        return get("run_id");
    }

    /** Why this server must not vote; absent if it may. */
    Optional<String> objection(boolean durable) {
        if (!get("role").equals("master")) {
            return Optional.of("it is a replica; nodes are independent masters");
        }
        if (!get("connected_slaves").equals("0")) {
            return Optional.of("it has replicas; nodes are independent masters without replication");
        }
        // Redis calls it redis_mode, Valkey server_mode.
        String mode = fields.containsKey("redis_mode") ? get("redis_mode") : get("server_mode");
        if (!mode.equals("standalone")) {
            return Optional.of("it runs in " + mode + " mode; nodes are standalone servers");
        }
        if (!get("maxmemory_policy").equals("noeviction")) {
            return Optional.of("its maxmemory-policy is " + get("maxmemory_policy") + "; set noeviction");
        }
        if (durable && !get("aof_enabled").equals("1")) {
            return Optional.of("the node set is durable but the server keeps no append-only file; set appendonly yes"
                    + " and appendfsync always");
        }
        return Optional.empty();
    }

    private String get(String field) {
        return fields.getOrDefault(field, "");
    }
}
