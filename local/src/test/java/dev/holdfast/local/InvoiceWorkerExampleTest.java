package dev.holdfast.local;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.local.InvoiceWorkers.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example invoice-worker: each invoice is paid once, by whoever holds, whatever is killed or frozen. */
@Timeout(180)
class InvoiceWorkerExampleTest {
    private static final Duration REPLY = Duration.ofSeconds(5);

    /** Stalls its first call of pay.sql, and who would end it in time, where it does most harm: checked, and not yet written. */
    private static final String STALLING_PSQL = """
            #!/usr/bin/env bash
            PATH=${PATH#*:}
            if [[ $* == *pay.sql* ]] && mkdir "$STALL" 2>/dev/null; then
                echo "$$ $PPID" >"$STALL/processes.new"
                mv "$STALL/processes.new" "$STALL/processes"
                kill -STOP $PPID $$
            fi
            exec psql "$@"
            """;

    @TempDir
    Path scratch;

    private InvoiceWorkers example;

    @BeforeEach
    void prepare() throws Exception {
        var initdb = PostgresServer.initdb();
        assumeTrue(initdb.isPresent(), "install PostgreSQL, or put its initdb on the PATH");
        assumeTrue(Executables.find("wget").isPresent(), "install wget");
        example = InvoiceWorkers.prepare(initdb.orElseThrow(), 3, scratch);
    }

    @AfterEach
    void close() throws Exception {
        if (example != null) {
            example.close();
        }
    }

    @Test
    void eachInvoiceIsPaidOnceWhateverIsKilledOrFrozen() throws Exception {
        var producer = example.startProducer();
        for (var pod : example.pods()) {
            example.startWorker(pod, Map.of());
        }
        example.awaitEntries(0, 3, _ -> true);

        // Its container is started again, beside the sidecar that held on.
        var holder = holder();
        example.worker(holder).kill();
        var before = newest();
        int paid = example.ledger().size();
        example.startWorker(holder, Map.of());
        assertThat(example.awaitEntries(paid, 3, _ -> true))
                .extracting(Entry::token)
                .isEqualTo(before.token());

        handOver(pod -> pod.child().kill());
        for (var pod : example.pods()) {
            if (!pod.child().isAlive()) {
                pod.start();
            }
        }

        var suspended = handOver(pod -> example.signal("STOP", pod));
        paid = example.ledger().size();
        example.signal("CONT", suspended);
        example.awaitEntries(paid, 3, entry -> !entry.pod().equals(suspended.name()));

        var frozen = handOver(pod -> pod.child().freeze());
        frozen.child().thaw();

        // As in a rollout: the worker first, then its sidecar.
        handOver(pod -> {
            var worker = example.worker(pod);
            worker.stop(Duration.ofSeconds(10));
            assertThat(worker.onExit().get(1, TimeUnit.SECONDS)).isZero();
            pod.child().stop(Duration.ofSeconds(10));
        });

        producer.stop(Duration.ofSeconds(10));
        example.awaitAllPaid();
        assertThat(example.verify()).isEmpty();
        assertThat(example.sql("SELECT count(*) FROM invoice"))
                .containsExactly(Integer.toString(example.ledger().size()));
        assertThat(example.ledger().stream().map(Entry::token).distinct()).hasSizeGreaterThanOrEqualTo(5);
        assertThat(example.ledger()).extracting(Entry::token).isSorted();
    }

    @Test
    void aWorkerThatStallsBetweenItsCheckAndItsPaymentIsRefused() throws Exception {
        var producer = example.startProducer();
        var stalled = example.pods().getFirst();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            for (var pod : example.pods()) {
                if (!pod.equals(stalled) && pod.api().lock("invoices", REPLY).held()) {
                    pod.api().resign("invoices", REPLY);
                }
            }
            return stalled.api().lock("invoices", REPLY).held();
        });
        long token = requireNonNull(stalled.api().lock("invoices", REPLY).fencingToken());
        var tools = Files.createDirectory(scratch.resolve("tools"));
        assertThat(Files.writeString(tools.resolve("psql"), STALLING_PSQL)
                        .toFile()
                        .setExecutable(true))
                .isTrue();
        var stall = scratch.resolve("stall");
        example.startWorker(stalled, Map.of("STALL", stall.toString(), "PATH", tools + ":" + example.path()));
        var note = stall.resolve("processes");
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(note));
        var processes = Arrays.stream(Files.readString(note).strip().split(" "))
                .map(Long::valueOf)
                .toList();

        for (var pod : example.pods()) {
            if (!pod.equals(stalled)) {
                example.startWorker(pod, Map.of());
            }
        }
        stalled.api().resign("invoices", REPLY);
        example.awaitEntries(0, 2, entry -> !entry.pod().equals(stalled.name()));
        InvoiceWorkers.signal("CONT", processes.subList(0, 1));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(example.output(stalled)).contains("refused: token " + token));
        InvoiceWorkers.signal("CONT", processes);
        // It is as good as any other again.
        var ledger = example.ledger();
        assertThat(ledger).noneMatch(entry -> entry.token() <= token);
        handOverTo(stalled);
        producer.stop(Duration.ofSeconds(10));
        example.awaitAllPaid();
        assertThat(example.verify()).isEmpty();
    }

    /** A proof that could not fail would be none. */
    @Test
    void verifyFindsWhateverMustNotBe() throws Exception {
        example.sql("INSERT INTO fence VALUES ('invoices', 100)");
        var entry = "INSERT INTO ledger (invoice, amount, token, pod) VALUES ";
        var wrong = new LinkedHashMap<String, String>();
        wrong.put("one token, several pods", entry + "(1, 5, 7, 'a'), (2, 5, 7, 'b')");
        wrong.put("a token below an earlier one", entry + "(1, 5, 8, 'a'), (2, 5, 7, 'b')");
        wrong.put("paid more than once", entry + "(1, 5, 7, 'a'), (2, 5, 7, 'a'), (1, 5, 8, 'b')");
        wrong.put("marked as paid, but not in the ledger", entry + "(1, 5, 7, 'a')");
        wrong.put("in the ledger, but not marked or with another amount", entry + "(1, 6, 7, 'a'), (2, 5, 7, 'a')");
        wrong.put("a token that has not passed the fence", entry + "(1, 5, 7, 'a'), (2, 5, 101, 'a')");
        for (var each : wrong.entrySet()) {
            example.sql("TRUNCATE ledger, invoice RESTART IDENTITY");
            example.sql("INSERT INTO invoice (customer, amount, paid) VALUES ('one', 5, true), ('two', 5, true)");
            example.sql(each.getValue());
            assertThat(example.verify())
                    .as(each.getKey())
                    .singleElement()
                    .asString()
                    .startsWith(each.getKey() + "|");
        }
        example.sql("TRUNCATE ledger");
        example.sql(entry + "(1, 5, 7, 'a'), (2, 5, 8, 'b')");
        assertThat(example.verify()).isEmpty();
    }

    /** Does something to the holder; then another one pays, with a greater token. Gives who held before. */
    private Pod handOver(Fault fault) throws Exception {
        var from = holder();
        var before = newest();
        int paid = example.ledger().size();
        fault.strike(from);
        var next = example.awaitEntries(paid, 3, entry -> !entry.pod().equals(from.name()));
        assertThat(next.token()).isGreaterThan(before.token());
        return from;
    }

    private void handOverTo(Pod pod) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            int paid = example.ledger().size();
            var holder = holder();
            if (holder.equals(pod)) {
                return true;
            }
            holder.api().resign("invoices", REPLY);
            example.awaitEntries(paid, 3, _ -> true);
            return false;
        });
    }

    /** Who paid last. */
    private Pod holder() {
        var name = newest().pod();
        return example.pods().stream()
                .filter(pod -> pod.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Entry newest() {
        return List.copyOf(example.ledger()).getLast();
    }

    @FunctionalInterface
    private interface Fault {
        void strike(Pod pod) throws Exception;
    }
}
