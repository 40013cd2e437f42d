package dev.holdfast.sidecar.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections beyond so many, and those on which nothing has been asked for long: each costs memory. On its server's
 * event loop only.
 */
final class ConnectionLimit implements Handler<HttpConnection> {

    /** Longer than clients keep a connection for later use, or they would use one that is just being closed. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger("http");

    private static final int LOOKS = 12;

    private final Vertx vertx;
    private final int most;
    private final Duration patience;
    private final Map<HttpConnection, Use> open = new HashMap<>();
    private boolean looking;

    ConnectionLimit(Vertx vertx, int most) {
        this(vertx, most, PATIENCE);
    }

    /** @param patience how long a connection may be silent; it is closed within a twelfth of that afterwards */
    ConnectionLimit(Vertx vertx, int most, Duration patience) {
        this.vertx = vertx;
        this.most = most;
        this.patience = patience;
    }

    @Override
    public void handle(HttpConnection connection) {
        open.put(connection, new Use());
        connection.closeHandler(_ -> open.remove(connection));
        if (open.size() > most) {
            // Said when the limit is reached, not for each that is refused.
            if (open.size() == most + 1) {
                log.atWarn().addKeyValue("most", most).log("too many connections; more are closed at once");
            }
            connection.close();
        }
        if (!looking) {
            looking = true;
            vertx.setPeriodic(patience.dividedBy(LOOKS).toMillis(), _ -> closeSilent());
        }
    }

    /** The first handler of every route: until the call has ended, its connection is not silent. */
    void use(RoutingContext call) {
        Use use = open.get(call.request().connection());
        if (use != null) {
            use.calls++;
            call.addEndHandler(_ -> {
                use.calls--;
                use.silentLooks = 0;
            });
        }
        call.next();
    }

    private void closeSilent() {
        List<HttpConnection> silent = open.entrySet().stream()
                .filter(entry -> entry.getValue().isSilent())
                .map(Map.Entry::getKey)
                .toList();
        silent.forEach(HttpConnection::close);
    }

    /** What goes on on a connection. */
    private static final class Use {
        private int calls;
        private int silentLooks;

        /** To be asked at each look. */
        boolean isSilent() {
            return calls == 0 && silentLooks++ >= LOOKS;
        }
    }
}
