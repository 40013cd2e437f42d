package dev.holdfast.local;

import dev.holdfast.local.LocalFailure.Ended;
import dev.holdfast.local.LocalFailure.Usage;
import dev.holdfast.local.resources.InvalidResource;
import dev.holdfast.local.resources.ResourceReader;
import dev.holdfast.local.resources.Resources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Runs the commands of the launcher script {@code ./holdfast}. */
public final class LocalMain {
    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private final Screen screen;
    private final Path home;
    private final long startedAt = System.nanoTime();

    private LocalMain(Screen screen, Path home) {
        this.screen = screen;
        this.home = home;
    }

    public static void main(String[] arguments) {
        var home = Path.of(System.getProperty("holdfast.home", "."));
        System.exit(new LocalMain(Screen.ofProcess(), home).run(List.of(arguments)));
    }

    private int run(List<String> arguments) {
        try {
            switch (Options.parse(arguments, System.getenv("HOLDFAST_REDIS_SERVER"))) {
                case Options.Demo demo -> demo(demo);
                case Options.Local local -> local(local);
            }
            return 0;
        } catch (Usage e) {
            System.err.println("holdfast: " + e.getMessage());
            return WRONG_USE;
        } catch (Ended _) {
            return FAILED;
        } catch (LocalFailure e) {
            System.err.println("holdfast: " + e.getMessage());
            return FAILED;
        }
    }

    private void demo(Options.Demo options) throws LocalFailure {
        var resources = read(List.of(example()));
        var plan = new ClusterPlan(resources, Options.DEFAULT_PODS, OptionalInt.empty(), OptionalInt.empty());
        inCluster(plan, options.redisServer(), cluster -> new DemoRun(screen, cluster).run(startedAt));
        screen.line("");
        screen.line("  " + screen.green("Everything held."));
    }

    private void local(Options.Local options) throws LocalFailure {
        var resources = read(options.files().isEmpty() ? List.of(example()) : options.files());
        var plan = new ClusterPlan(resources, options.pods(), options.nodes(), OptionalInt.of(options.port()));
        LocalRun.requireFreePorts(plan);
        inCluster(plan, options.redisServer(), cluster -> new LocalRun(screen, cluster).run());
    }

    @FunctionalInterface
    private interface Use {
        void of(LocalCluster cluster) throws LocalFailure;
    }

    /** Starts, uses and ends a cluster; a signal ends it as well. */
    private void inCluster(ClusterPlan plan, @Nullable String redisServer, Use use) throws LocalFailure {
        var leash = Leash.attach();
        try {
            var redis = RedisBinary.find(redisServer, leash.directory());
            var cluster = new LocalCluster(leash, plan, redis, new FreshSet());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cluster), "shutdown"));
            try {
                start(cluster, plan, redis);
                use.of(cluster);
            } catch (LocalFailure e) {
                if (cluster.isClosed()) {
                    throw new Ended();
                }
                leash.keepDirectory();
                throw new LocalFailure(e.getMessage() + " (logs: " + leash.directory() + ")");
            } finally {
                cluster.close();
            }
        } finally {
            leash.close();
        }
    }

    /** By a signal; at its own end, the command has closed its cluster already. */
    private void stop(LocalCluster cluster) {
        if (!cluster.isClosed()) {
            screen.line("");
            cluster.close();
            screen.line("  everything is stopped");
        }
    }

    private void start(LocalCluster cluster, ClusterPlan plan, RedisBinary redis) throws LocalFailure {
        var nodes = "starting Redis %s, nodes: %d".formatted(redis.version(), plan.allNodes());
        showing(nodes, cluster, LocalCluster::startNodes);
        showing("starting sidecars, pods: %d".formatted(plan.pods()), cluster, LocalCluster::startPods);
    }

    private void showing(String what, LocalCluster cluster, Use step) throws LocalFailure {
        screen.print("  " + what + " ... ");
        var outcome = screen.failed();
        try {
            step.of(cluster);
            outcome = screen.done() + " after " + DemoReport.seconds(sinceStart());
        } finally {
            screen.line(outcome);
        }
    }

    private Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    private Path example() {
        return home.resolve("examples/leader-election/lock.yaml");
    }

    private static Resources read(List<Path> files) throws Usage {
        try {
            var resources = ResourceReader.read(files);
            for (var set : resources.nodeSets()) {
                if (set.spec().external() != null) {
                    throw new Usage("RedisNodeSet \"" + set.metadata().name()
                            + "\" is external, and nodes of one's own cannot be used here; leave external out");
                }
            }
            return resources;
        } catch (InvalidResource e) {
            throw new Usage(e.what());
        }
    }
}
