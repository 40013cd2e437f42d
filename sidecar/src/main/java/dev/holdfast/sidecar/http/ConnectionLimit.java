package dev.holdfast.sidecar.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes connections beyond so many: each costs memory, even if nothing is ever asked on it. */
final class ConnectionLimit implements Handler<HttpConnection> {

    private static final Logger log = LoggerFactory.getLogger("http");

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int most) {
        this.most = most;
    }

    @Override
    public void handle(HttpConnection connection) {
        int now = open.incrementAndGet();
        connection.closeHandler(_ -> open.decrementAndGet());
        if (now > most) {
            // Said when the limit is reached, not for each that is refused.
            if (now == most + 1) {
                log.atWarn().addKeyValue("most", most).log("too many connections to the API; more are closed at once");
            }
            connection.close();
        }
    }
}
