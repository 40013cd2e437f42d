package dev.holdfast.operator;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica at a time does the work, term after term: whoever loses the lease stops, and stands again, in the same process.
 * So an API server that was away for long needs no restart of anybody. Thread-safe.
 *
 * <p>Two replicas may work for a moment, as with every lease: what they write is the same, or conditional.
 */
final class Leadership implements AutoCloseable {

    /** The work of one term. */
    interface Term extends AutoCloseable {
        @Override
        void close();
    }

    static final String LEASE = "holdfast-operator";

    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);
    /** A request that hangs must not outlast the deadline unseen. */
    private static final Duration REQUEST = Duration.ofSeconds(4);

    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;
    private final Supplier<? extends Term> work;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean leading;

    /**
     * Stands once it is started.
     *
     * @param identity another one for each start of a process: a replica that restarts must not believe that it leads still
     * @param work begun for each term and closed at its end; may throw
     */
    Leadership(KubernetesClient client, String namespace, String identity, Supplier<? extends Term> work) {
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withRequestTimeout(Math.toIntExact(REQUEST.toMillis()))
                        .withConnectionTimeout(Math.toIntExact(REQUEST.toMillis()))
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        this.namespace = namespace;
        this.identity = identity;
        this.work = work;
    }

    /**
     * Returns after a request at most; an API server that does not answer, or cannot at the moment, is asked again and again.
     *
     * @throws KubernetesClientException if it does not let the lease be read: a replica that serves and can never lead would
     *     look well
     */
    void start() {
        try {
            client.leases().inNamespace(namespace).withName(LEASE).get();
        } catch (KubernetesClientException e) {
            if (isRefusal(e.getCode())) {
                ended.complete(null);
                throw e;
            }
            log.atWarn()
                    .addKeyValue("cause", String.valueOf(e.getMessage()))
                    .log("the API server cannot be reached yet");
        }
        Thread.ofVirtual().name("leadership").start(this::run);
    }

    private static boolean isRefusal(int code) {
        return code >= 400 && code < 500 && code != TIMED_OUT && code != TOO_MANY_REQUESTS;
    }

    boolean isLeading() {
        return leading;
    }

    private void run() {
        try {
            while (!closed.isDone()) {
                serve();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    /** One term, from the candidacy to its end. */
    private void serve() throws InterruptedException {
        CompletableFuture<Void> won = new CompletableFuture<>();
        LeaderElector elector = elector(won);
        CompletableFuture<?> term = elector.start();
        try {
            awaitAny(won, term, closed);
            if (won.isDone()) {
                work(term);
            }
        } finally {
            // Never before the work has ended.
            term.cancel(true);
            giveUp(elector);
        }
    }

    private void work(CompletableFuture<?> term) throws InterruptedException {
        try (Term _ = work.get()) {
            leading = true;
            log.atInfo().addKeyValue("identity", identity).log("this replica reconciles");
            awaitAny(term, closed);
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .log(
                            "cannot reconcile, and try again; is the chart installed whole, with its definitions and rights?");
            pause();
        } finally {
            leading = false;
            log.atInfo().addKeyValue("identity", identity).log("this replica reconciles no more");
        }
    }

    private LeaderElector elector(CompletableFuture<Void> won) {
        return new LeaderElector(
                client,
                new LeaderElectionConfigBuilder()
                        .withName(LEASE)
                        .withLock(new LeaseLock(namespace, LEASE, identity))
                        .withLeaseDuration(DURATION)
                        .withRenewDeadline(RENEW_DEADLINE)
                        .withRetryPeriod(RETRY)
                        // Not by the elector: it would, before the work has ended.
                        .withReleaseOnCancel(false)
                        .withLeaderCallbacks(new LeaderCallbacks(() -> won.complete(null), () -> {}, _ -> {}))
                        .build(),
                threads);
    }

    /** The lease ends a second later, so that the next replica need not wait for its length. Does nothing if it is another's. */
    private void giveUp(LeaderElector elector) {
        try {
            elector.release();
        } catch (KubernetesClientException e) {
            log.atDebug().setCause(e).log("lease not released; it ends by itself");
        }
    }

    private void pause() throws InterruptedException {
        try {
            closed.get(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            // Again.
        }
    }

    private static void awaitAny(CompletableFuture<?>... futures) throws InterruptedException {
        try {
            CompletableFuture.anyOf(futures).get();
        } catch (ExecutionException e) {
            log.atWarn().setCause(e).log("the election failed, and begins again");
        }
    }

    /** Ends the work, then gives the lease up; waits for both, some seconds at most. */
    @Override
    public void close() {
        closed.complete(null);
        try {
            ended.get(RENEW_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.atWarn().setCause(e).log("leadership not given up in time; the lease ends by itself");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        client.close();
        threads.shutdownNow();
    }
}
