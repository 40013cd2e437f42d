package dev.holdfast.sidecar.http;

import dev.holdfast.sidecar.election.Election;
import dev.holdfast.sidecar.election.Leadership;
import dev.holdfast.sidecar.mutex.Leases;
import dev.holdfast.sidecar.mutex.Mutex;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The API for the application, on loopback only: the route table and what each call on a Leader lock does. */
public final class ApiServer {

    private static final String LOOPBACK = "127.0.0.1";

    /** In bytes, each: of all headers together, and of the line with the path. */
    private static final int LARGEST_HEAD = 4096;

    /** Twice as many as may wait or stream. */
    private static final int MOST_CONNECTIONS = 2 * WaitingCalls.MOST;

    private static final int SEND_BUFFER = 16 * 1024;

    private final Map<String, LockWatch> leaders = new TreeMap<>();
    private final Map<String, KeyCalls> mutexes = new TreeMap<>();
    private final LeaseCalls leases;
    private final DaprCalls dapr;
    private final Optional<LeaderName> leaderName;
    private final Router router;
    private final HttpServer server;
    private final int port;

    /** Before the elections start, or events are missed. */
    public ApiServer(Vertx vertx, int port, List<Election> elections, List<Mutex> mutexes, Leases leases) {
        this(vertx, port, elections, mutexes, leases, new WaitingCalls(WaitingCalls.MOST));
    }

    ApiServer(
            Vertx vertx, int port, List<Election> elections, List<Mutex> mutexes, Leases leases, WaitingCalls waiting) {
        this.port = port;
        elections.forEach(election -> leaders.put(election.lock(), new LockWatch(election, waiting)));
        mutexes.forEach(mutex -> this.mutexes.put(mutex.lock(), new KeyCalls(mutex, waiting)));
        this.leases = new LeaseCalls(leases);
        this.dapr = new DaprCalls(this.mutexes, waiting);
        this.leaderName = elections.stream()
                .findFirst()
                .map(first -> new LeaderName(watch(first.lock()), waiting, Clock.systemUTC()));
        ConnectionLimit limit = new ConnectionLimit(vertx, MOST_CONNECTIONS);
        this.router = routes(vertx, limit);
        this.server = vertx.createHttpServer(options())
                .requestHandler(router)
                .invalidRequestHandler(ApiServer::refuseInvalid)
                .connectionHandler(limit);
    }

    static HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxHeaderSize(LARGEST_HEAD)
                .setMaxInitialLineLength(LARGEST_HEAD)
                // Nobody asked for it, and with it a connection would not be counted before its first bytes.
                .setHttp2ClearTextEnabled(false)
                // Else what a reader left unread would pile up in the kernel and be read when it is long untrue.
                .setSendBufferSize(SEND_BUFFER);
    }

    private LockWatch watch(String lock) {
        return Objects.requireNonNull(leaders.get(lock));
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

    private Router routes(Vertx vertx, ConnectionLimit limit) {
        Router router = Router.router(vertx);
        router.route().handler(limit::use);
        router.route().handler(new LocalCallers());
        router.get("/v1/locks").handler(this::list);
        router.get("/v1/locks/:lock").handler(this::state);
        router.get("/v1/locks/:lock/held").handler(withLeader(ApiServer::held));
        router.get("/v1/locks/:lock/events").handler(withLeader(LockWatch::events));
        router.post("/v1/locks/:lock/resign").handler(new JsonBody()).handler(withLeader(ApiServer::resign));
        router.post("/v1/locks/:lock/keys/:key/acquire").handler(new JsonBody()).handler(withMutex(KeyCalls::acquire));
        router.get("/v1/locks/:lock/keys/:key/hold").handler(withMutex(KeyCalls::hold));
        router.get("/v1/leases/:leaseId").handler(leases.state());
        router.delete("/v1/leases/:leaseId").handler(leases.release());
        router.post("/v1/leases/:leaseId/renew").handler(new JsonBody()).handler(leases.renew());
        router.get("/").handler(withLeaderName(LeaderName::now));
        router.get("/sse").handler(withLeaderName(LeaderName::stream));
        router.post("/v1.0-alpha1/lock/:lock").handler(new JsonBody()).handler(dapr.lock());
        router.post("/v1.0-alpha1/unlock/:lock").handler(new JsonBody()).handler(dapr.unlock());
        router.get("/openapi.yaml").handler(ApiDescription::send);
        router.errorHandler(
                400, call -> problem(call, 400, "Bad Request", "the path is malformed; check its percent signs"));
        router.errorHandler(404, call -> problem(call, 404, "Not Found", "no such path; see /openapi.yaml"));
        router.errorHandler(405, call -> {
            String allowed = allowed(router, call.normalizedPath());
            call.response().putHeader("Allow", allowed);
            problem(
                    call,
                    405,
                    "Method Not Allowed",
                    call.request().method() + " is not allowed here; allowed: " + allowed);
        });
        router.errorHandler(
                413,
                call -> problem(
                        call, 413, "Content Too Large", "a body has at most " + RequestBody.LARGEST + " bytes"));
        router.errorHandler(500, call -> problem(call, 500, "Internal Server Error", "see the sidecar's log"));
        return router;
    }

    private static String allowed(Router router, String path) {
        return router.getRoutes().stream()
                .filter(route ->
                        route.getPath() != null && path.matches(route.getPath().replaceAll(":[A-Za-z]+", "[^/]+")))
                .flatMap(route -> route.methods().stream())
                .map(Object::toString)
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static void refuseInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Problem problem = switch (cause) {
            case TooLongHttpLineException _ ->
                new Problem(414, "URI Too Long", "the request line has at most " + LARGEST_HEAD + " bytes");
            case TooLongHttpHeaderException _ ->
                new Problem(
                        431,
                        "Request Header Fields Too Large",
                        "headers have at most " + LARGEST_HEAD + " bytes together");
            case null, default -> new Problem(400, "Bad Request", "this is no HTTP request");
        };
        request.response().putHeader("Connection", "close");
        problem.send(request.response());
    }

    private Handler<RoutingContext> withLeader(BiConsumer<LockWatch, RoutingContext> action) {
        return call -> {
            String name = PathParameter.of(call, "lock");
            LockWatch lock = leaders.get(name);
            if (lock != null) {
                refusingMistakes(call, () -> action.accept(lock, call));
            } else if (mutexes.containsKey(name)) {
                Problem.notFound("lock \"" + name + "\" is of mode Mutex: its keys are held, by POST /v1/locks/" + name
                                + "/keys/KEY/acquire or GET …/hold")
                        .send(call.response());
            } else {
                unknownLock(call, name);
            }
        };
    }

    private Handler<RoutingContext> withMutex(BiConsumer<KeyCalls, RoutingContext> action) {
        return call -> {
            String name = PathParameter.of(call, "lock");
            KeyCalls lock = mutexes.get(name);
            if (lock != null) {
                refusingMistakes(call, () -> action.accept(lock, call));
            } else if (leaders.containsKey(name)) {
                Problem.notFound(
                                "lock \"" + name + "\" is of mode Leader and has no keys; declare one with mode: Mutex")
                        .send(call.response());
            } else {
                unknownLock(call, name);
            }
        };
    }

    private void unknownLock(RoutingContext call, String name) {
        Problem.notFound("no lock \"" + name + "\" here; this pod has " + names())
                .send(call.response());
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>(leaders.keySet());
        names.addAll(mutexes.keySet());
        return names;
    }

    private Handler<RoutingContext> withLeaderName(BiConsumer<LeaderName, RoutingContext> action) {
        return call -> leaderName.ifPresentOrElse(
                name -> refusingMistakes(call, () -> action.accept(name, call)),
                () -> Problem.notFound("this pod has no lock of mode Leader; see /v1/locks")
                        .send(call.response()));
    }

    private static void refusingMistakes(RoutingContext call, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            Problem.mistake(e).send(call.response());
        }
    }

    private void list(RoutingContext call) {
        refusingMistakes(call, () -> {
            new QueryParameters(call.queryParams(), List.of());
            JsonArray states = new JsonArray();
            names().forEach(name -> states.add(
                    leaders.containsKey(name)
                            ? new LockState(watch(name).election()).json()
                            : MutexState.json(
                                    Objects.requireNonNull(mutexes.get(name)).mutex())));
            call.json(states);
        });
    }

    private void state(RoutingContext call) {
        KeyCalls mutex = mutexes.get(PathParameter.of(call, "lock"));
        if (mutex == null) {
            withLeader(LockWatch::state).handle(call);
        } else {
            refusingMistakes(call, () -> {
                new QueryParameters(call.queryParams(), List.of());
                call.json(MutexState.json(mutex.mutex()));
            });
        }
    }

    private static void held(LockWatch lock, RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        Election election = lock.election();
        int status = switch (election.leadership()) {
            case Leadership.Leading _ -> 200;
            case Leadership.Following _, Leadership.Stopping _ -> 423;
            case Leadership.NoQuorum _, Leadership.Starting _ -> 503;
        };
        call.response().setStatusCode(status);
        call.json(new LockState(election).json());
    }

    private static void resign(LockWatch lock, RoutingContext call) {
        new QueryParameters(call.queryParams(), List.of());
        RequestBody body = new RequestBody(call.body().buffer(), List.of("standDown"), "{} or {\"standDown\":\"30s\"}");
        Optional<Duration> standDown =
                body.text("standDown").map(text -> DurationLimits.STAND_DOWN.parse("standDown", text));
        Election election = lock.election();
        Future.fromCompletionStage(election.resign(standDown), call.vertx().getOrCreateContext())
                .onSuccess(wasLeading -> {
                    if (wasLeading) {
                        call.json(new LockState(election).json());
                    } else {
                        problem(call, 409, "Conflict", "this pod does not hold " + election.lock());
                    }
                })
                .onFailure(call::fail);
    }

    private static void problem(RoutingContext call, int status, String title, String detail) {
        new Problem(status, title, detail).send(call.response());
    }
}
