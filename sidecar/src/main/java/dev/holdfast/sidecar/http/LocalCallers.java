package dev.holdfast.sidecar.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only this machine's own programs in. A browser here would send what somebody's page tells it to, under a name of the
 * page's own (Host) or under ours (Origin, Sec-Fetch-Site).
 */
final class LocalCallers implements Handler<RoutingContext> {

    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    @Override
    public void handle(RoutingContext call) {
        Optional<String> foreign = foreign(call.request());
        if (foreign.isEmpty()) {
            call.next();
        } else {
            new Problem(403, "Forbidden", foreign.orElseThrow() + "; use localhost or 127.0.0.1").send(call.response());
        }
    }

    private static Optional<String> foreign(HttpServerRequest request) {
        String host = request.authority() == null ? "" : request.authority().host();
        String origin = request.getHeader("Origin");
        if (!LOCAL.contains(host)) {
            return Optional.of("Host is \"" + host + "\"");
        }
        if (origin != null) {
            return isLocal(origin) ? Optional.empty() : Optional.of("Origin is \"" + origin + "\"");
        }
        return "cross-site".equals(request.getHeader("Sec-Fetch-Site"))
                ? Optional.of("Sec-Fetch-Site is \"cross-site\"")
                : Optional.empty();
    }

    private static boolean isLocal(String origin) {
        try {
            @Nullable String host = URI.create(origin).getHost();
            return host != null && LOCAL.contains(host);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
