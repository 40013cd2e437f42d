package dev.holdfast.operator;

import dev.holdfast.operator.certificates.WebhookCertificates;
import dev.holdfast.operator.metrics.HealthServer;
import dev.holdfast.operator.nodes.RedisNodes;
import dev.holdfast.operator.reconcile.NodeSetReconciler;
import dev.holdfast.operator.webhook.AdmissionHandler;
import dev.holdfast.operator.webhook.ClusterLocks;
import dev.holdfast.operator.webhook.InjectionSettings;
import dev.holdfast.operator.webhook.WebhookServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every replica answers the webhook; one of them reconciles. Ends with 2 for a bad configuration, 3 for a port that is taken. */
public final class OperatorMain {

    private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);

    private static final int CANNOT_START = 1;
    private static final int BAD_CONFIGURATION = 2;
    private static final int PORT_TAKEN = 3;
    private static final Duration LINGER = Duration.ofSeconds(3);

    private final OperatorConfig config;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final ClusterLocks locks;
    private final WebhookServer webhook;
    private final WebhookCertificates certificates;
    private final Reconciliation reconciliation;
    private volatile boolean stopping;

    private OperatorMain(OperatorConfig config) {
        this.config = config;
        this.locks = new ClusterLocks(client, config.watched());
        InjectionSettings settings = new InjectionSettings(
                config.sidecarImage(), config.sidecarPullPolicy(), config.sidecarLogLevel(), config.watched());
        this.webhook = new WebhookServer(
                vertx,
                config.webhookPort(),
                new AdmissionHandler(
                        settings,
                        locks,
                        (decision, reason) -> registry.counter(
                                        "holdfast.admissions", "decision", decision, "reason", reason)
                                .increment()));
        this.certificates = new WebhookCertificates(
                client,
                new WebhookCertificates.Place(
                        config.namespace(), config.webhookService(), config.webhookConfiguration()),
                Clock.systemUTC(),
                certificate -> webhook.present(certificate.chain(), certificate.key()));
        this.reconciliation = new Reconciliation(
                client,
                new RedisNodes(),
                config.watched(),
                MicrometerMetrics.withoutPerResourceMetrics(registry),
                new NodeSetReconciler.Settings(config.namespace(), config.secretsArriveWithin()),
                Optional.of(leadership(config)));
    }

    public static void main(String[] arguments) throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(OperatorMain::tellBug);
        // Nodes get new addresses when they are moved.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        try {
            OperatorMain operator = new OperatorMain(OperatorConfig.read(System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(operator::stop, "holdfast-stop"));
            operator.start();
        } catch (IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), BAD_CONFIGURATION);
        } catch (RuntimeException e) {
            // A replica that serves and never reconciles would look well.
            log.atError()
                    .setCause(e)
                    .log("cannot start; is the chart installed whole, with its definitions and rights?");
            Runtime.getRuntime().halt(CANNOT_START);
        }
    }

    /** A replica that restarts is another candidate: its container's name alone would let it believe it leads still. */
    private static LeaderElectionConfiguration leadership(OperatorConfig config) {
        return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("holdfast-operator")
                .withLeaseNamespace(config.namespace())
                .withIdentity(config.pod() + '_' + UUID.randomUUID())
                .build();
    }

    private void start() throws InterruptedException {
        try {
            new HealthServer(
                            vertx,
                            config.healthPort(),
                            () -> !stopping && certificates.ready() && locks.ready(),
                            registry)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            fail(
                    "cannot listen on port " + config.healthPort() + ": " + e.getMessage()
                            + "; set HOLDFAST_HEALTH_PORT to a free port",
                    PORT_TAKEN);
            return;
        }
        locks.start();
        certificates.start();
        reconciliation.start();
    }

    /** Answers the webhook for as long as the API server may still know this replica's address, then goes. */
    private void stop() {
        stopping = true;
        try {
            Thread.sleep(LINGER);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        certificates.close();
        webhook.close();
        locks.close();
        Runtime.getRuntime().halt(0);
    }

    private static void fail(String message, int code) {
        log.error(message);
        Runtime.getRuntime().halt(code);
    }

    /** Every line of this process is one of its log. */
    private static void tellBug(Thread thread, Throwable bug) {
        log.atError().setCause(bug).addKeyValue("thread", thread.getName()).log("an exception that nobody caught");
    }
}
