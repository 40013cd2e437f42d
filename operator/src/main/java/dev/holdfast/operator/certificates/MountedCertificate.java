package dev.holdfast.operator.certificates;

import dev.holdfast.operator.certificates.GivenCertificate.Judgement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate that somebody else makes and renews, such as cert-manager, and that a kubelet brings as files. It is looked
 * at now and then: a kubelet takes a minute or two for a change. What cannot be served is logged once, and the one before is
 * served on. Thread-safe.
 */
public final class MountedCertificate implements ServingCertificate {
    private static final Logger log = LoggerFactory.getLogger(MountedCertificate.class);

    private static final Duration PERIOD = Duration.ofSeconds(2);
    /** Those who renew do so when a third of a certificate's life is left; after half of that they are late. */
    private static final int PART_LEFT = 6;

    private final Path directory;
    private final String name;
    private final InstantSource clock;
    private final Consumer<ServerCertificate> server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Judgement.@Nullable Good served;
    private volatile String refusal = "nobody has looked for one yet";
    private String told = "";

    /**
     * Nothing is read before {@link #start}.
     *
     * @param directory with {@code tls.crt} and {@code tls.key}; it need not be there yet
     * @param name by which the API server asks
     * @param server told of the first certificate and of each that replaces it, on a thread that may block
     */
    public MountedCertificate(Path directory, String name, InstantSource clock, Consumer<ServerCertificate> server) {
        this.directory = directory;
        this.name = name;
        this.clock = clock;
        this.server = server;
    }

    @Override
    public void start() {
        Thread.ofVirtual().name("mounted-certificate").start(this::run);
    }

    @Override
    public Optional<String> obstacle() {
        Judgement.Good now = served;
        if (now == null) {
            return Optional.of("the webhook has no certificate: " + refusal);
        }
        return clock.instant().isAfter(now.until())
                ? Optional.of("the webhook's certificate has ended, and no other one came: " + refusal)
                : Optional.empty();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        try {
            do {
                lookNow();
            } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookNow() {
        try {
            look();
        } catch (RuntimeException e) {
            refusal = "it could not be presented";
            log.atWarn().setCause(e).log("the webhook's certificate could not be served; it is tried again soon");
        }
    }

    /** By one thread at a time. */
    void look() {
        Instant now = clock.instant();
        switch (judge(now)) {
            case Judgement.Good good -> {
                serve(good);
                refusal = "it is the same one still";
                warnIfLate(good, now);
            }
            case Judgement.Refused refused -> {
                refusal = refused.reason();
                tell(
                        refusal,
                        served == null
                                ? "the webhook has no certificate that it can serve"
                                : "the webhook's certificate as mounted cannot be served; the last good one is served on");
            }
        }
    }

    private Judgement judge(Instant now) {
        try {
            MountedFiles files = MountedFiles.read(directory);
            return GivenCertificate.judge(files.chain(), files.key(), name, now);
        } catch (IOException e) {
            return new Judgement.Refused(String.valueOf(e.getMessage()));
        }
    }

    private void serve(Judgement.Good good) {
        Judgement.Good before = served;
        if (before == null || !before.certificate().equals(good.certificate())) {
            server.accept(good.certificate());
            served = good;
            told = "";
            log.atInfo().addKeyValue("until", good.until()).log("the webhook's certificate is served");
        }
    }

    private void warnIfLate(Judgement.Good good, Instant now) {
        Duration life = Duration.between(good.from(), good.until());
        if (now.isAfter(good.until().minus(life.dividedBy(PART_LEFT)))) {
            tell("it ends at " + good.until(), "the webhook's certificate should have been renewed by now");
        } else {
            told = "";
        }
    }

    private void tell(String reason, String message) {
        if (!reason.equals(told)) {
            log.atWarn()
                    .addKeyValue("directory", directory.toString())
                    .addKeyValue("reason", reason)
                    .log(message);
            told = reason;
        }
    }
}
