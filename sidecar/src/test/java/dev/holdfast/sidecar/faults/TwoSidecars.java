package dev.holdfast.sidecar.faults;

import dev.holdfast.sidecar.redis.Endpoint;
import dev.holdfast.sidecar.redis.RedisCluster;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two sidecars on three nodes: a, which holds the Leader lock and whose connections can be cut, and b, which follows. */
abstract class TwoSidecars {

    static final Duration LEASE = Duration.ofSeconds(2);
    static final Duration PATIENCE = Duration.ofSeconds(40);

    final List<CutProxy> proxiesOfA = new ArrayList<>();
    RedisCluster cluster;
    SidecarProcess a;
    SidecarProcess b;

    @BeforeEach
    final void start() throws Exception {
        cluster = new RedisCluster(3, LEASE);
        List<Endpoint> throughProxies = new ArrayList<>();
        for (Endpoint node : cluster.set().nodes()) {
            CutProxy proxy = new CutProxy(node);
            proxiesOfA.add(proxy);
            throughProxies.add(proxy.endpoint());
        }
        a = new SidecarProcess("pod-a", "payments", LEASE, cluster.set(), throughProxies);
        a.await(PATIENCE, state -> state.getBoolean("held"));
        b = new SidecarProcess(
                "pod-b", "payments", LEASE, cluster.set(), cluster.set().nodes());
        b.await(PATIENCE, state -> holderIs(state, "pod-a"));
    }

    @AfterEach
    final void stop() throws Exception {
        a.close();
        b.close();
        for (CutProxy proxy : proxiesOfA) {
            proxy.close();
        }
        cluster.close();
    }

    static boolean holderIs(JsonObject state, String pod) {
        JsonObject holder = state.getJsonObject("holder");
        return holder != null && pod.equals(holder.getString("pod"));
    }
}
