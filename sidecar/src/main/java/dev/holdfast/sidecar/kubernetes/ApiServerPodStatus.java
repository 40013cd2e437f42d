package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.config.Cluster;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This pod's status in the API server, changed with {@code patch} on {@code pods/status} alone. The pod's uid is a
 * precondition: a pod that came later under the same name is left alone.
 */
final class ApiServerPodStatus implements PodStatus {

    static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** One in use, others that hang in connecting or closing. */
    private static final int CONNECTIONS = 3;

    /** How often it is looked whether a connection has been unused for a minute, which is when it is closed. */
    private static final Duration CLOSE_UNUSED = Duration.ofSeconds(10);

    private final Cluster.Pod pod;
    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;
    private final RequestOptions request;

    ApiServerPodStatus(Cluster.Pod pod, Vertx vertx) {
        this.pod = pod;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setSsl(true).setConnectTimeout((int) TIMEOUT.toMillis()),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS).setCleanerPeriod((int) CLOSE_UNUSED.toMillis()));
        this.request = new RequestOptions()
                .setMethod(HttpMethod.PATCH)
                .setHost(pod.apiHost())
                .setPort(pod.apiPort())
                .setURI("/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name()
                        + "/status?fieldManager=holdfast-sidecar")
                .putHeader("Content-Type", "application/strategic-merge-patch+json")
                // The whole pod need not come back.
                .putHeader("Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
                .putHeader("User-Agent", "holdfast-sidecar");
    }

    @Override
    public Patch patch(List<PodCondition> conditions) {
        JsonArray list = new JsonArray();
        conditions.forEach(condition -> list.add(condition.json()));
        Buffer body = new JsonObject()
                .put("metadata", new JsonObject().put("uid", pod.uid()))
                .put("status", new JsonObject().put("conditions", list))
                .toBuffer();
        Call call = new Call();
        context.runOnContext(_ -> call.start(body));
        return call;
    }

    /** The mounted token changes about hourly, and the CA may change, too: both are read each time. */
    private Future<HttpClientRequest> open() {
        return Future.join(read(pod.token()), read(pod.authority())).compose(files -> {
            Buffer token = files.resultAt(0);
            Buffer authority = files.resultAt(1);
            ClientSSLOptions tls = new ClientSSLOptions()
                    .setHostnameVerificationAlgorithm("HTTPS")
                    .setTrustOptions(new PemTrustOptions().addCertValue(authority));
            return client.request(new RequestOptions(request)
                    .setSslOptions(tls)
                    .putHeader("Authorization", "Bearer " + token.toString().strip()));
        });
    }

    private Future<Buffer> read(Path file) {
        return vertx.fileSystem().readFile(file.toString());
    }

    /** All but the constructor on the one context. */
    private final class Call implements Patch {
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private @Nullable HttpClientRequest underWay;
        private long timer;

        void start(Buffer body) {
            timer = vertx.setTimer(TIMEOUT.toMillis(), _ -> giveUp("no answer within " + TIMEOUT.toSeconds() + " s"));
            open().onSuccess(opened -> send(opened, body))
                    .onFailure(failure -> end(new Outcome.NotSent(describe(failure))));
        }

        private void send(HttpClientRequest opened, Buffer body) {
            if (outcome.isDone()) {
                opened.reset();
                return;
            }
            underWay = opened;
            // What fails is told by the answer's future; without a handler it would be logged as well.
            opened.exceptionHandler(_ -> {});
            opened.send(body)
                    .compose(response ->
                            response.body().map(answer -> ApiServerAnswer.of(response.statusCode(), answer)))
                    .onSuccess(this::end)
                    .onFailure(failure -> end(new Outcome.Unanswered(describe(failure))));
        }

        private void end(Outcome how) {
            vertx.cancelTimer(timer);
            outcome.complete(how);
        }

        private void giveUp(String reason) {
            HttpClientRequest request = underWay;
            end(request == null ? new Outcome.NotSent(reason) : new Outcome.Unanswered(reason));
            if (request != null) {
                request.reset();
            }
        }

        @Override
        public CompletableFuture<Outcome> outcome() {
            return outcome;
        }

        @Override
        public void abandon() {
            context.runOnContext(_ -> giveUp("abandoned"));
        }
    }

    /** With the cause: of TLS, the outermost message says nothing. */
    private static String describe(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        Throwable cause = failure.getCause();
        return cause == null ? message : message + ": " + cause.getMessage();
    }
}
