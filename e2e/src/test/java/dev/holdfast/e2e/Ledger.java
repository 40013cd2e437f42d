package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What the example invoice-worker has paid, as its database tells. */
record Ledger(Kube kube) {

    private static final String DATABASE = "invoices-database-0";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** One invoice was paid. */
    record Entry(long entry, long invoice, long token, String pod) {
        static Entry of(String row) {
            String[] fields = row.split("\\|");
            return new Entry(
                    Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]), fields[3]);
        }
    }

    List<String> sql(String statement) {
        // By the socket, where the image trusts everybody.
        String psql = "env -u PGHOST psql -XAtq -U \"$POSTGRES_USER\" -d \"$POSTGRES_DB\" -c \"$1\"";
        return kube.exec(DATABASE, "postgres", "sh", "-c", psql, "sql", statement)
                .lines()
                .toList();
    }

    List<Entry> entries() {
        return after(0);
    }

    private List<Entry> after(long entry) {
        return sql("SELECT entry, invoice, token, pod FROM ledger WHERE entry > " + entry + " ORDER BY entry").stream()
                .map(Entry::of)
                .toList();
    }

    Entry newest() {
        return entries().getLast();
    }

    /** The longest time between two payments, from this entry on, by the database's clock. */
    Duration longestPauseAfter(long entry) {
        String longest =
                sql("SELECT coalesce(ceil(max(extract(epoch FROM pause) * 1000)), 0)::bigint FROM (SELECT at - lag(at)"
                                + " OVER (ORDER BY entry) AS pause FROM ledger WHERE entry >= " + entry + ") AS pauses")
                        .getFirst();
        return Duration.ofMillis(Long.parseLong(longest));
    }

    /** What verify.sql of the example finds; nothing, if all is well. */
    List<String> violations() {
        return sql(verification());
    }

    private static String verification() {
        try {
            String yaml = Files.readString(Project.ROOT.resolve("examples/invoice-worker/sql.yaml"));
            return Manifests.read(yaml)
                    .getFirst()
                    .at("/data")
                    .path("verify.sql")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first of three such entries that come after this one; while the database is away, it is asked again. */
    Entry awaitAfter(long entry, Predicate<Entry> such) {
        return await("invoices paid after entry " + entry)
                .atMost(PATIENCE)
                .ignoreException(IllegalStateException.class)
                .until(() -> after(entry).stream().filter(such).toList(), found -> found.size() >= 3)
                .getFirst();
    }
}
