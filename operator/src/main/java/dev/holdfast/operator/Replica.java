package dev.holdfast.operator;

import dev.holdfast.operator.certificates.MountedCertificate;
import dev.holdfast.operator.certificates.ServerCertificate;
import dev.holdfast.operator.certificates.ServingCertificate;
import dev.holdfast.operator.certificates.WebhookCertificates;
import dev.holdfast.operator.metrics.HealthServer;
import dev.holdfast.operator.metrics.OperatorMetrics;
import dev.holdfast.operator.nodes.Nodes;
import dev.holdfast.operator.reconcile.DeletedLocks;
import dev.holdfast.operator.reconcile.NodeSetReconciler;
import dev.holdfast.operator.webhook.AdmissionHandler;
import dev.holdfast.operator.webhook.ClusterLocks;
import dev.holdfast.operator.webhook.InjectionSettings;
import dev.holdfast.operator.webhook.WebhookServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** All parts of a replica: each replica answers the webhook, one of them reconciles. */
final class Replica implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 10;

    private final OperatorConfig config;
    private final OperatorMetrics metrics = new OperatorMetrics();
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    private final ClusterLocks locks;
    private final DeletedLocks deletedLocks;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final WebhookServer webhook;
    private final ServingCertificate certificate;
    private final Leadership leadership;
    private final HealthServer health;
    private volatile boolean leaving;

    /** @param nodes how Redis is reached */
    Replica(OperatorConfig config, KubernetesClient client, Nodes nodes) {
        this.config = config;
        this.locks = new ClusterLocks(client, config.watched());
        this.deletedLocks = new DeletedLocks(client);
        locks.onLockDeleted((namespace, lock) -> threads.execute(() -> deletedLocks.forget(namespace, lock)));
        InjectionSettings settings = new InjectionSettings(
                config.sidecarImage(),
                config.sidecarPullPolicy(),
                config.sidecarLogLevel(),
                config.sidecarResources(),
                config.watched());
        this.webhook = new WebhookServer(
                vertx, config.webhookPort(), new AdmissionHandler(settings, locks, metrics::countAdmission));
        this.certificate = certificate(client, served -> webhook.present(served.chain(), served.key()));
        this.leadership = new Leadership(
                client, config.namespace(), config.pod() + '_' + UUID.randomUUID(), () -> reconcile(client, nodes));
        metrics.showLeading(leadership::isLeading);
        this.health = new HealthServer(vertx, config.healthPort(), this::obstacles, metrics::scrape);
    }

    private ServingCertificate certificate(KubernetesClient client, Consumer<ServerCertificate> server) {
        WebhookCertificates.Place place = new WebhookCertificates.Place(
                config.namespace(), config.webhookService(), config.webhookConfiguration());
        return config.webhookCertificate().isEmpty()
                ? new WebhookCertificates(client, place, Clock.systemUTC(), server)
                : new MountedCertificate(Path.of(config.webhookCertificate()), place.name(), Clock.systemUTC(), server);
    }

    private Reconciliation reconcile(KubernetesClient client, Nodes nodes) {
        Reconciliation term = new Reconciliation(
                client,
                nodes,
                config.watched(),
                new NodeSetReconciler.Settings(config.namespace(), config.secretsArriveWithin()),
                config.defaultNodeSet(),
                MicrometerMetrics.withoutPerResourceMetrics(metrics.freshForATerm()));
        try {
            term.start();
            // Every watch has shown what there is by now.
            deletedLocks.forgetAllBut(
                    (namespace, lock) -> locks.lock(namespace, lock).isPresent(), config.watched());
            return term;
        } catch (RuntimeException e) {
            term.close();
            throw e;
        }
    }

    /** Whether it can answer about pods; whether it leads does not matter for that. */
    boolean isReady() {
        return obstacles().isEmpty();
    }

    private List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        if (leaving) {
            obstacles.add("this replica is told to stop");
        }
        certificate.obstacle().ifPresent(obstacles::add);
        if (!locks.ready()) {
            obstacles.add("not all locks have been seen yet");
        }
        return obstacles;
    }

    /**
     * Returns when probes are answered; the rest follows.
     *
     * @throws PortTaken if another process listens on the port for probes
     */
    void start() throws InterruptedException, PortTaken {
        try {
            health.listen().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new PortTaken("cannot listen on port " + config.healthPort() + ": " + e.getMessage()
                    + "; set HOLDFAST_HEALTH_PORT to a free port");
        }
        locks.start();
        certificate.start();
        leadership.start();
    }

    int healthPort() {
        return health.port();
    }

    /** 0 before it has a certificate. */
    int webhookPort() {
        return webhook.port();
    }

    boolean isLeading() {
        return leadership.isLeading();
    }

    /** Not ready from now on; everything else goes on. */
    void leave() {
        leaving = true;
    }

    @Override
    public void close() {
        leave();
        leadership.close();
        certificate.close();
        webhook.close();
        locks.close();
        threads.shutdown();
        vertx.close();
    }

    /** Says what to do. */
    static final class PortTaken extends Exception {
        private static final long serialVersionUID = 1;

        PortTaken(String message) {
            super(message);
        }
    }
}
