package dev.holdfast.local;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.yaml.snakeyaml.Yaml;

/** The example invoice-worker without a cluster: its scripts and its SQL, real sidecars, and a real PostgreSQL. */
final class InvoiceWorkers implements AutoCloseable {
    private static final Path FOLDER = Path.of("..", "examples", "invoice-worker");
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** A line of the ledger. */
    record Entry(long invoice, long token, String pod) {
        static Entry of(String row) {
            var fields = row.split("\\|");
            return new Entry(Long.parseLong(fields[0]), Long.parseLong(fields[1]), fields[2]);
        }
    }

    private final Leash leash;
    private final PostgresServer postgres;
    private final SqlSession session;
    private final ExampleCluster cluster;
    private final Path files;
    private final Map<Pod, Child> workers = new HashMap<>();

    private InvoiceWorkers(Leash leash, PostgresServer postgres, ExampleCluster cluster, Path files) throws Exception {
        this.leash = leash;
        this.postgres = postgres;
        this.session = SqlSession.postgres(postgres);
        this.cluster = cluster;
        this.files = files;
    }

    /** With a database and sidecars, and nobody at work yet. */
    static InvoiceWorkers prepare(Path initdb, int pods, Path files) throws Exception {
        unpack(files);
        var leash = Leash.attach();
        var postgres = PostgresServer.start(leash, initdb);
        postgres.run(files.resolve("schema.sql"));
        return new InvoiceWorkers(leash, postgres, ExampleCluster.of(FOLDER.resolve("lock.yaml"), pods), files);
    }

    /** The files of the example's ConfigMaps. */
    static void unpack(Path files) throws Exception {
        for (var name : List.of("sql.yaml", "worker.yaml")) {
            for (var manifest : manifests(name)) {
                for (var file : manifest.path("data").properties()) {
                    Files.writeString(
                            files.resolve(file.getKey()), file.getValue().asText());
                }
            }
        }
    }

    private static List<JsonNode> manifests(String file) throws Exception {
        var found = new ArrayList<JsonNode>();
        for (var manifest : new Yaml().loadAll(Files.readString(FOLDER.resolve(file)))) {
            found.add(new ObjectMapper().valueToTree(manifest));
        }
        return found;
    }

    List<Pod> pods() {
        return cluster.pods();
    }

    Child startProducer() throws Exception {
        var script = manifests("producer.yaml")
                .getFirst()
                .at("/spec/template/spec/containers/0/command/2")
                .asText();
        var producer = new Child(leash, "producer", List.of("bash", "-c", script), environment(Map.of()));
        producer.start();
        return producer;
    }

    Child startWorker(Pod pod, Map<String, String> more) throws Exception {
        var scratch = Files.createDirectories(files.resolve(pod.name()));
        var environment = environment(more);
        environment.put("TMPDIR", scratch.toString());
        var script = files.resolve("worker.sh").toString();
        var worker = cluster.application("worker-" + pod.name(), pod, List.of("bash", script), environment);
        workers.put(pod, worker);
        return worker;
    }

    private Map<String, String> environment(Map<String, String> more) {
        var environment = new HashMap<>(postgres.environment());
        environment.put("SQL", files.toString());
        environment.putAll(more);
        return environment;
    }

    /** Where psql and the rest are found. */
    String path() {
        return requireNonNull(postgres.environment().get("PATH"));
    }

    Child worker(Pod pod) {
        return requireNonNull(workers.get(pod));
    }

    String output(Pod pod) throws Exception {
        return cluster.output(worker(pod));
    }

    /** Every process of a pod at once, as when its machine is suspended: {@code STOP} or {@code CONT}. */
    void signal(String signal, Pod pod) throws Exception {
        var processes = new ArrayList<>(List.of(pod.child().pid(), worker(pod).pid()));
        ProcessHandle.of(worker(pod).pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .forEach(processes::add);
        signal(signal, processes);
    }

    /** Those that have ended meanwhile need none. */
    static void signal(String signal, List<Long> processes) throws Exception {
        var command = "for process in \"$@\"; do kill -" + signal + " $process 2>/dev/null; done; true";
        var program = new ArrayList<>(List.of("bash", "-c", command, "signal"));
        processes.forEach(process -> program.add(process.toString()));
        new ProcessBuilder(program).start().waitFor();
    }

    List<String> sql(String statement) {
        return session.run(statement);
    }

    List<Entry> ledger() {
        return session.run("SELECT invoice, token, pod FROM ledger ORDER BY entry").stream()
                .map(Entry::of)
                .toList();
    }

    /** Waits for so many such entries beyond the first so many; gives the first of them. */
    Entry awaitEntries(int after, int count, Predicate<Entry> such) {
        return await().atMost(PATIENCE)
                .until(() -> ledger().stream().skip(after).filter(such).toList(), found -> found.size() >= count)
                .getFirst();
    }

    void awaitAllPaid() {
        await().atMost(PATIENCE)
                .until(() ->
                        sql("SELECT id FROM invoice WHERE NOT paid LIMIT 1").isEmpty());
    }

    /** What verify.sql finds wrong. */
    List<String> verify() throws Exception {
        return postgres.run(files.resolve("verify.sql"));
    }

    @Override
    public void close() throws IOException {
        session.close();
        cluster.close();
        postgres.close();
        leash.close();
    }
}
