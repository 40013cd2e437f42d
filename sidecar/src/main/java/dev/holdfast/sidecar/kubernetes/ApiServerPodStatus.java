package dev.holdfast.sidecar.kubernetes;

import dev.holdfast.sidecar.config.Cluster;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * This pod's status in the API server, changed with {@code patch} on {@code pods/status} alone. The pod's uid is a
 * precondition: a pod that came later under the same name is left alone.
 */
final class ApiServerPodStatus implements PodStatus {

    static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** One in use, others that hang in connecting or closing. */
    private static final int CONNECTIONS = 3;

    private final Cluster.Pod pod;
    private final Vertx vertx;
    private final Context context;
    private final HttpClientAgent client;
    private final RequestOptions request;

    ApiServerPodStatus(Cluster.Pod pod, Vertx vertx) {
        this.pod = pod;
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setTrustOptions(authority())
                .setConnectTimeout((int) TIMEOUT.toMillis());
        this.client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS));
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

    private PemTrustOptions authority() {
        return new PemTrustOptions().addCertPath(pod.authority().toString());
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

    /** The mounted token changes about hourly, so it is read each time. */
    private Future<HttpClientRequest> open() {
        return vertx.fileSystem()
                .readFile(pod.token().toString())
                .compose(token -> client.request(new RequestOptions(request)
                        .putHeader("Authorization", "Bearer " + token.toString().strip())));
    }

    /** The cluster's CA may have changed, too. */
    private void readAuthorityAgain() {
        client.updateSSLOptions(
                new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS").setTrustOptions(authority()), true);
    }

    /** All but the constructor on the one context. */
    private final class Call implements Patch {
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private @Nullable HttpClientRequest underWay;
        private long timer;

        void start(Buffer body) {
            timer = vertx.setTimer(TIMEOUT.toMillis(), _ -> giveUp("no answer within " + TIMEOUT.toSeconds() + " s"));
            open().onSuccess(opened -> send(opened, body)).onFailure(failure -> {
                if (failure instanceof SSLException) {
                    readAuthorityAgain();
                }
                end(new Outcome.NotSent(describe(failure)));
            });
        }

        private void send(HttpClientRequest opened, Buffer body) {
            if (outcome.isDone()) {
                opened.reset();
                return;
            }
            underWay = opened;
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

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
