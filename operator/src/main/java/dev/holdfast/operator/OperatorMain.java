package dev.holdfast.operator;

import dev.holdfast.operator.nodes.RedisNodes;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.security.Security;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica as a process. Ends with 0 when it is told to, 1 if the API server does not let it begin, 2 for a bad
 * configuration, 3 for a port that is taken.
 */
public final class OperatorMain {

    private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);

    private static final int CANNOT_START = 1;
    private static final int BAD_CONFIGURATION = 2;
    private static final int PORT_TAKEN = 3;
    /** For as long as the API server may still know this replica's address. */
    private static final Duration LINGER = Duration.ofSeconds(3);

    private OperatorMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(OperatorMain::tellBug);
        // Nodes get new addresses when they are moved.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        try {
            OperatorConfig config = OperatorConfig.read(System.getenv());
            KubernetesClient client = new KubernetesClientBuilder().build();
            Replica replica = new Replica(config, client, new RedisNodes());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(replica), "holdfast-stop"));
            replica.start();
        } catch (IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), BAD_CONFIGURATION);
        } catch (Replica.PortTaken e) {
            fail(String.valueOf(e.getMessage()), PORT_TAKEN);
        } catch (RuntimeException e) {
            // A replica that serves and never reconciles would look well.
            log.atError()
                    .setCause(e)
                    .log("cannot start; is the chart installed whole, with its definitions and rights?");
            Runtime.getRuntime().halt(CANNOT_START);
        }
    }

    /** Answers the webhook a little longer, while the next replica takes over, then goes. */
    private static void stop(Replica replica) {
        replica.leave();
        try {
            Thread.sleep(LINGER);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        replica.close();
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
