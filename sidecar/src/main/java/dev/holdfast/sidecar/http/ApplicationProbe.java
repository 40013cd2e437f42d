package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.config.AppHealth;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the application again and again whether it is healthy, as a kubelet would. Tells each change, on an event loop; the
 * application counts as unhealthy until its first success, which is told as well. Thread-safe.
 */
public final class ApplicationProbe implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("application");

    /** As a kubelet's probes. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Context context;
    private final String lock;
    private final Consumer<Boolean> told;
    private final HttpClient client;
    private AppHealth health;
    private boolean awaited;
    private boolean known;
    private boolean healthy;
    private int failures;
    private long timer;
    private volatile boolean closed;

    /**
     * A probe that does not ask yet.
     *
     * @param presumedHealthy whether the application counts as healthy until it fails; else it does from its first success on
     * @param awaited whether it may not have started yet: then failures count from its first success on
     * @param told whether the application is healthy, on each change
     */
    public ApplicationProbe(
            Vertx vertx,
            String lock,
            AppHealth health,
            boolean presumedHealthy,
            boolean awaited,
            Consumer<Boolean> told) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.lock = lock;
        this.health = health;
        this.known = presumedHealthy;
        this.healthy = presumedHealthy;
        this.awaited = awaited;
        this.told = told;
        this.client =
                vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) LONGEST_ANSWER.toMillis()));
    }

    private RequestOptions request() {
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost("127.0.0.1")
                .setPort(health.port())
                .setURI(health.path())
                .setTimeout(LONGEST_ANSWER.toMillis())
                .putHeader("User-Agent", "holdfast");
    }

    /** Asks in another way from now on; what is known stays known. */
    public void change(AppHealth to) {
        context.runOnContext(_ -> {
            vertx.cancelTimer(timer);
            health = to;
            failures = 0;
            timer = vertx.setPeriodic(health.period().toMillis(), _ -> ask());
        });
    }

    /** Asks at once, and then each period. */
    public void start() {
        context.runOnContext(_ -> {
            ask();
            timer = vertx.setPeriodic(health.period().toMillis(), _ -> ask());
        });
    }

    @Override
    public void close() {
        closed = true;
        context.runOnContext(_ -> {
            vertx.cancelTimer(timer);
            client.close();
        });
    }

    private void ask() {
        client.request(request())
                .compose(sent -> sent.send())
                .compose(ApplicationProbe::drained)
                .onSuccess(answer -> {
                    int status = answer.statusCode();
                    if (status >= 200 && status < 400) {
                        succeeded();
                    } else {
                        failed("status " + status);
                    }
                })
                .onFailure(failure -> failed(String.valueOf(failure.getMessage())));
    }

    /** Read to its end, or the connection could not be used again. */
    private static Future<HttpClientResponse> drained(HttpClientResponse answer) {
        return answer.end().map(answer);
    }

    private void succeeded() {
        failures = 0;
        awaited = false;
        tell(true, "");
    }

    private void failed(String reason) {
        failures++;
        if (!awaited && failures >= health.failureThreshold()) {
            tell(false, reason);
        }
    }

    private void tell(boolean now, String reason) {
        if (closed || (known && now == healthy)) {
            return;
        }
        known = true;
        healthy = now;
        if (now) {
            log.atInfo().addKeyValue("lock", lock).log("the application is healthy");
        } else {
            log.atWarn().addKeyValue("lock", lock).addKeyValue("reason", reason).log("the application is unhealthy");
        }
        told.accept(now);
    }
}
