package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that this project has not written, on real sidecars: the programs, and the requests of other sidecars' manuals. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration REPLY = Duration.ofSeconds(5);
    private static final List<String> EVENT_SOURCE = List.of("node", "--experimental-eventsource");

    /** With the default node set, whose leases may be as long as the manuals' are. */
    private static final String LOCKS = """
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: payments
            spec:
              leaseDuration: 3s
            ---
            apiVersion: holdfast.dev/v1alpha1
            kind: DistributedLock
            metadata:
              name: lockstore
            spec:
              mode: Mutex
            """;

    private record Ended(int exitCode, String output) {}

    private final List<Child> clients = new ArrayList<>();
    private ExampleCluster cluster;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        cluster = ExampleCluster.of(Files.writeString(directory.resolve("locks.yaml"), LOCKS), 2);
    }

    @AfterEach
    void killClients() {
        clients.forEach(Child::kill);
        clients.clear();
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void curlAsksWhetherThisPodHolds() throws Exception {
        var curl = needs("curl", "install curl");
        var holder = holder();

        assertThat(run(curl, "-sf", holder.api().url() + "/v1/locks/payments/held"))
                .satisfies(answer -> assertThat(answer.exitCode()).isZero())
                .satisfies(answer -> assertThat(JSON.readTree(answer.output())
                                .path("fencingToken")
                                .asLong())
                        .isPositive());
        // 22: curl's own code for an answer of 400 or more.
        assertThat(run(curl, "-sf", other(holder).api().url() + "/v1/locks/payments/held"))
                .isEqualTo(new Ended(22, ""));
    }

    @Test
    void curlFollowsEvents() throws Exception {
        var curl = needs("curl", "install curl");
        var holder = holder();
        var client = start(holder, curl, "-sN", holder.api().url() + "/v1/locks/payments/events");
        awaitOutput(client, "event: state\ndata: {\"lock\":\"payments\",");

        holder.api().resign("payments", REPLY);

        awaitOutput(client, "event: lost\n");
    }

    @Test
    void curlHoldsAKeyUntilItIsKilled() throws Exception {
        var curl = needs("curl", "install curl");
        var urls = cluster.pods().stream()
                .map(pod -> pod.api().url() + "/v1/locks/lockstore/keys/held%2Fby%20curl/")
                .toList();
        var client = start(cluster.pods().getFirst(), curl, "-sN", urls.getFirst() + "hold");
        awaitOutput(client, "event: acquired\n");
        var refused = run(curl, "-s", "-X", "POST", urls.getLast() + "acquire");
        assertThat(JSON.readTree(refused.output()).at("/holder/pod").asText()).isEqualTo("pod-0");

        client.kill();

        // Its lease of ten seconds is not waited out.
        var taken = run(curl, "-sf", "-d", "{\"wait\":\"5s\"}", urls.getLast() + "acquire");
        assertThat(taken.exitCode()).isZero();
        assertThat(JSON.readTree(taken.output()).path("fencingToken").asLong()).isGreaterThan(tokenIn(client));
    }

    private long tokenIn(Child client) throws Exception {
        var data = cluster.output(client)
                .lines()
                .filter(line -> line.startsWith("data: "))
                .findFirst();
        return JSON.readTree(data.orElseThrow().substring("data: ".length()))
                .path("fencingToken")
                .asLong();
    }

    @Test
    void nodesEventSourceIsToldAndComesBackByItself() throws Exception {
        needsEventSource();
        var holder = holder();
        var client = start(holder, EVENT_SOURCE, "-e", """
                const events = new EventSource(process.env.HOLDFAST_URL + "/v1/locks/payments/events");
                for (const name of ["state", "acquired", "at-risk", "lost", "holder-changed", "no-quorum"])
                  events.addEventListener(name, (event) => console.log(name, JSON.parse(event.data).held));
                setInterval(() => {}, 1000); // or Node ends while nothing but this source waits to connect again
                """);
        awaitOutput(client, "state true\n");

        holder.api().resign("payments", REPLY);
        awaitOutput(client, "lost false\n");

        holder.child().kill();
        holder.start();
        awaitOutput(client, "state false\n");
    }

    @Test
    void nodesEventSourceReadsTheLeaderElectorsStream() throws Exception {
        needsEventSource();
        var holder = holder();
        var client = start(other(holder), EVENT_SOURCE, "-e", """
                const events = new EventSource(process.env.HOLDFAST_URL + "/sse");
                events.onmessage = (event) => console.log("leader", JSON.parse(event.data).name);
                """);
        awaitOutput(client, "leader " + holder.name() + "\n");

        holder.api().resign("payments", REPLY);

        awaitOutput(client, "leader " + other(holder).name() + "\n");
    }

    @Test
    void pythonsStandardLibraryReadsStatesAndEvents() throws Exception {
        var python = needs("python3", "install Python 3 as python3");
        var holder = holder();
        var client = start(holder, python, "-c", """
                import http.client, json, os, urllib.parse, urllib.request
                url = os.environ["HOLDFAST_URL"] + "/v1/locks/payments"
                with urllib.request.urlopen(url + "?until=held&timeout=20s") as answer:
                    print("held", json.load(answer)["held"], flush=True)
                connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=20)
                connection.request("GET", "/v1/locks/payments/events")
                stream = connection.getresponse()
                print(stream.status, stream.getheader("Content-Type"), flush=True)
                for line in stream:
                    print(line.decode().rstrip(), flush=True)
                """);
        awaitOutput(client, "held True\n200 text/event-stream\nevent: state\n");

        holder.api().resign("payments", REPLY);

        awaitOutput(client, "event: lost\n");
    }

    /** The Kubernetes blog's "Simple leader election with Kubernetes and Docker" asks with curl, at "localhost". */
    @Test
    void theLeaderElectorsManualWorks() throws Exception {
        var curl = needs("curl", "install curl");
        var holder = holder();

        var answer = run(curl, "-s", holder.api().url().replace("127.0.0.1", "localhost"));

        assertThat(answer.exitCode()).isZero();
        assertThat(JSON.readTree(answer.output()).path("name").asText()).isEqualTo(holder.name());
    }

    /** Its application, in Node, asks every few seconds and compares the name with its own host's. */
    @Test
    void anApplicationOfTheLeaderElectorSeesItsMasterChange() throws Exception {
        var node = needs("node", "install Node");
        var holder = holder();
        var client = start(other(holder), node, "-e", """
                const http = require("http");
                const { port } = new URL(process.env.HOLDFAST_URL);
                const ask = () => http.get({ host: "localhost", port, path: "/" }, (answer) => {
                  let body = "";
                  answer.on("data", (chunk) => (body += chunk));
                  answer.on("end", () => {
                    const master = JSON.parse(body).name;
                    console.log(master === process.env.HOSTNAME ? "I am the master" : "master is " + master);
                  });
                });
                setInterval(ask, 200);
                """);
        awaitOutput(client, "master is " + holder.name() + "\n");

        holder.api().resign("payments", REPLY);

        awaitOutput(client, "I am the master\n");
    }

    /** The requests of Dapr's "How-To: Use a lock", to its store and for its sixty seconds. */
    @Test
    void daprsManualWorks() throws Exception {
        var curl = needs("curl", "install curl");
        var body = "{\"resourceId\":\"my_file_name\",\"lockOwner\":\"random_id_abc123\",\"expiryInSeconds\":60}";
        var of0 = cluster.pods().getFirst();
        var of1 = cluster.pods().getLast();

        assertThat(dapr(curl, of0, "lock", body)).isEqualTo(JSON.readTree("{\"success\":true}"));
        assertThat(dapr(curl, of1, "lock", body)).isEqualTo(JSON.readTree("{\"success\":false}"));
        assertThat(dapr(curl, of0, "unlock", body)).isEqualTo(JSON.readTree("{\"status\":0}"));
        assertThat(dapr(curl, of1, "lock", body)).isEqualTo(JSON.readTree("{\"success\":true}"));
        assertThat(dapr(curl, of1, "unlock", body)).isEqualTo(JSON.readTree("{\"status\":0}"));
    }

    private JsonNode dapr(List<String> curl, Pod pod, String verb, String body) throws Exception {
        var url = pod.api().url() + "/v1.0-alpha1/" + verb + "/lockstore";
        var answer = run(curl, "-s", "-X", "POST", url, "-H", "Content-Type: application/json", "-d", body);
        return JSON.readTree(answer.output());
    }

    private static List<String> needs(String program, String otherwise) {
        assumeTrue(Executables.find(program).isPresent(), otherwise);
        return List.of(program);
    }

    private static void needsEventSource() throws Exception {
        needs("node", "install Node");
        assumeTrue(
                run(EVENT_SOURCE, "-e", "if (!globalThis.EventSource) process.exit(1)")
                                .exitCode()
                        == 0,
                "install a Node that knows --experimental-eventsource: 20.18, or 22.3 and later");
    }

    private static Ended run(List<String> program, String... arguments) throws Exception {
        var command = new ArrayList<>(program);
        Collections.addAll(command, arguments);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private Child start(Pod pod, List<String> program, String... arguments) throws LocalFailure {
        var command = new ArrayList<>(program);
        Collections.addAll(command, arguments);
        var client = cluster.application("client-" + System.nanoTime(), pod, command, Map.of());
        clients.add(client);
        return client;
    }

    private void awaitOutput(Child client, String wanted) {
        await("output \"" + wanted + "\"")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.output(client)).contains(wanted));
    }

    private Pod holder() {
        return await("a holder")
                .atMost(PATIENCE)
                .until(
                        () -> {
                            for (var pod : cluster.pods()) {
                                if (pod.api().lock("payments", REPLY).held()) {
                                    return pod;
                                }
                            }
                            return null;
                        },
                        Objects::nonNull);
    }

    private Pod other(Pod pod) {
        return cluster.pods().stream()
                .filter(other -> !other.equals(pod))
                .findFirst()
                .orElseThrow();
    }
}
