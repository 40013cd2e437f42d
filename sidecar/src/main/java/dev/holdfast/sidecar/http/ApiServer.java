package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.config.DurationText;
import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The API for the application, on loopback only: the route table and what each call does. */
public final class ApiServer {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Set<String> LOCAL = Set.of("localhost", LOOPBACK, "[::1]");
    private static final int LARGEST_BODY = 4096;

    private static final int SEND_BUFFER = 16 * 1024;

    private final Map<String, LockWatch> locks = new TreeMap<>();
    private final Optional<LeaderName> leaderName;
    private final Router router;
    private final HttpServer server;
    private final int port;

    /** Before the elections start, or events are missed. */
    public ApiServer(Vertx vertx, int port, List<Election> elections) {
        this(vertx, port, elections, new WaitingCalls(WaitingCalls.MOST));
    }

    ApiServer(Vertx vertx, int port, List<Election> elections, WaitingCalls waiting) {
        this.port = port;
        elections.forEach(election -> locks.put(election.lock(), new LockWatch(election, waiting)));
        this.leaderName = elections.stream()
                .findFirst()
                .map(first -> new LeaderName(watch(first.lock()), waiting, Clock.systemUTC()));
        this.router = routes(vertx);
        // A small send buffer, or what a reader left unread would pile up in the kernel and be read when it is long
        // untrue.
        this.server = vertx.createHttpServer(
                        new HttpServerOptions().setMaxHeaderSize(LARGEST_BODY).setSendBufferSize(SEND_BUFFER))
                .requestHandler(router);
    }

    private LockWatch watch(String lock) {
        return Objects.requireNonNull(locks.get(lock));
    }

    /** Every call that is answered, as {@code GET /v1/locks/:lock}. */
    List<String> calls() {
        return router.getRoutes().stream()
                .filter(route -> route.getPath() != null)
                .flatMap(route -> route.methods().stream().map(method -> method + " " + route.getPath()))
                .toList();
    }

    /** Fails if the port is taken. */
    public Future<HttpServer> listen() {
        return server.listen(port, LOOPBACK);
    }

    private Router routes(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(ApiServer::refuseForeignHost);
        router.get("/v1/locks").handler(this::list);
        router.get("/v1/locks/:lock").handler(withLock(LockWatch::state));
        router.get("/v1/locks/:lock/events").handler(withLock(LockWatch::events));
        router.get("/").handler(withLeaderLock(LeaderName::now));
        router.get("/sse").handler(withLeaderLock(LeaderName::stream));
        router.get("/openapi.yaml").handler(ApiDescription::send);
        router.get("/v1/locks/:lock/held").handler(withElection(this::held));
        router.post("/v1/locks/:lock/resign")
                .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY))
                .handler(withElection(this::resign));
        router.errorHandler(404, call -> problem(call, 404, "Not Found", "no such path; see /v1/locks"));
        router.errorHandler(
                405,
                call -> problem(
                        call,
                        405,
                        "Method Not Allowed",
                        call.request().method() + " is not allowed on "
                                + call.request().path()));
        router.errorHandler(
                413, call -> problem(call, 413, "Content Too Large", "a body has at most " + LARGEST_BODY + " bytes"));
        router.errorHandler(500, call -> problem(call, 500, "Internal Server Error", "see the sidecar's log"));
        return router;
    }

    /** A page in somebody's browser must not reach the API through a name of its own. */
    private static void refuseForeignHost(RoutingContext call) {
        HttpServerRequest request = call.request();
        String host = request.authority() == null ? "" : request.authority().host();
        if (LOCAL.contains(host) || host.equals("::1")) {
            call.next();
        } else {
            problem(call, 403, "Forbidden", "Host is \"" + host + "\"; use localhost or " + LOOPBACK);
        }
    }

    private Handler<RoutingContext> withElection(BiConsumer<RoutingContext, Election> action) {
        return withLock((lock, call) -> action.accept(call, lock.election()));
    }

    private Handler<RoutingContext> withLock(BiConsumer<LockWatch, RoutingContext> action) {
        return call -> {
            String name = call.pathParam("lock");
            LockWatch lock = locks.get(name);
            if (lock == null) {
                problem(call, 404, "Not Found", "no lock \"" + name + "\" here; this pod has " + locks.keySet());
                return;
            }
            refusingMistakes(call, () -> action.accept(lock, call));
        };
    }

    private Handler<RoutingContext> withLeaderLock(BiConsumer<LeaderName, RoutingContext> action) {
        return call -> leaderName.ifPresentOrElse(
                name -> refusingMistakes(call, () -> action.accept(name, call)),
                () -> problem(call, 404, "Not Found", "this pod has no lock of mode Leader; see /v1/locks"));
    }

    private static void refusingMistakes(RoutingContext call, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            problem(call, 400, "Bad Request", String.valueOf(e.getMessage()));
        }
    }

    private void list(RoutingContext call) {
        JsonArray states = new JsonArray();
        locks.values().forEach(lock -> states.add(new LockState(lock.election()).json()));
        call.json(states);
    }

    private void state(RoutingContext call, Election election) {
        call.json(new LockState(election).json());
    }

    private void held(RoutingContext call, Election election) {
        int status = switch (election.leadership()) {
            case Leadership.Leading _ -> 200;
            case Leadership.Following _, Leadership.Stopping _ -> 423;
            case Leadership.NoQuorum _, Leadership.Starting _ -> 503;
        };
        call.response().setStatusCode(status);
        state(call, election);
    }

    private void resign(RoutingContext call, Election election) {
        Optional<Duration> standDown = standDown(call.body().buffer());
        Future.fromCompletionStage(election.resign(standDown), call.vertx().getOrCreateContext())
                .onSuccess(wasLeading -> {
                    if (wasLeading) {
                        state(call, election);
                    } else {
                        problem(call, 409, "Conflict", "this pod does not hold " + election.lock());
                    }
                })
                .onFailure(call::fail);
    }

    private static Optional<Duration> standDown(@Nullable Buffer body) {
        if (body == null || body.length() == 0) {
            return Optional.empty();
        }
        try {
            JsonObject json = body.toJsonObject();
            for (String field : json.fieldNames()) {
                if (!field.equals("standDown")) {
                    throw new IllegalArgumentException("unknown field \"" + field + "\"; known: standDown");
                }
            }
            return json.containsKey("standDown")
                    ? Optional.of(DurationText.parse(String.valueOf(json.getValue("standDown"))))
                    : Optional.empty();
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("the body is no JSON object; send {} or {\"standDown\":\"30s\"}", e);
        }
    }

    private static void problem(RoutingContext call, int status, String title, String detail) {
        new Problem(status, title, detail).send(call.response());
    }
}
