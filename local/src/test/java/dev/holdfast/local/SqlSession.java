package dev.holdfast.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program that runs one statement a line, and prints a row a line; one statement at a time. */
final class SqlSession implements AutoCloseable {
    private static final String END = "-- end --";

    private final String afterEach;
    private final Process process;
    private final BufferedReader output;

    private SqlSession(String afterEach, List<String> command) throws IOException {
        this.afterEach = afterEach;
        this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Waits for others' transactions, as an application's driver does when it is told to. */
    static SqlSession sqlite(String file) throws IOException {
        return new SqlSession("", List.of("python3", "-c", """
                import sqlite3, sys
                connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
                for statement in sys.stdin:
                    try:
                        for row in connection.execute(statement):
                            print("|".join(map(str, row)))
                    except sqlite3.Error as error:
                        print("ERROR:", error)
                    print(sys.argv[2], flush=True)
                """, file, END));
    }

    static SqlSession postgres(PostgresServer server) throws IOException {
        return new SqlSession("\\echo " + END + "\n", server.psql());
    }

    /** The rows. */
    List<String> run(String statement) {
        try {
            var line = statement.replaceAll("\\s+", " ") + ";\n" + afterEach;
            process.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            var rows = new ArrayList<String>();
            for (var row = output.readLine(); !END.equals(row); row = output.readLine()) {
                if (row == null || row.startsWith("ERROR:")) {
                    throw new AssertionError(statement + ": " + row + rows);
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
