package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL of this machine with a new, empty database that only a Unix socket leads to. */
final class PostgresServer implements AutoCloseable {
    private static final String USER = "holdfast";

    private final Path initdb;
    private final Path directory;
    private final Child server;

    private PostgresServer(Path initdb, Path directory, Child server) {
        this.initdb = initdb;
        this.directory = directory;
        this.server = server;
    }

    /** Its initdb, beside which the other programs are: on the PATH, or where Debian hides it. */
    static Optional<Path> initdb() throws IOException {
        var onPath = Executables.find("initdb");
        if (onPath.isPresent()) {
            return Optional.of(onPath.get().toRealPath());
        }
        var versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(versions)) {
            return found.map(version -> version.resolve("bin/initdb"))
                    .filter(Files::isExecutable)
                    .max(Comparator.naturalOrder());
        }
    }

    static PostgresServer start(Leash leash, Path initdb) throws Exception {
        var directory = Files.createTempDirectory("holdfast-postgres");
        var data = directory.resolve("data").toString();
        var asSomebody = new ArrayList<String>();
        if (run(List.of("id", "-u")).strip().equals("0")) {
            // It refuses to run as root.
            run(List.of("chown", "nobody", directory.toString()));
            asSomebody.addAll(List.of("setpriv", "--reuid=nobody", "--clear-groups"));
        }
        var initialise = new ArrayList<>(asSomebody);
        initialise.addAll(List.of(
                initdb.toString(),
                "--pgdata=" + data,
                "--username=" + USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync"));
        run(initialise);
        var serve = new ArrayList<>(asSomebody);
        serve.addAll(List.of(
                initdb.resolveSibling("postgres").toString(),
                "-D",
                data,
                "-k",
                directory.toString(),
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off"));
        var server = new PostgresServer(initdb, directory, new Child(leash, "postgres", serve, Map.of()));
        server.server.start();
        await().atMost(Duration.ofSeconds(20)).until(server::answers);
        return server;
    }

    private boolean answers() throws Exception {
        var command = new ArrayList<>(psql());
        command.addAll(List.of("-c", "SELECT 1"));
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    /** Its own client, which prints rows and nothing else. */
    List<String> psql() {
        return List.of(
                initdb.resolveSibling("psql").toString(), "-XAtq", "-h", directory.toString(), "-U", USER, "postgres");
    }

    /** What makes any psql ask this server, and its own the one that is found. */
    Map<String, String> environment() {
        return Map.of(
                "PATH",
                initdb.getParent() + ":" + System.getenv("PATH"),
                "PGHOST",
                directory.toString(),
                "PGUSER",
                USER,
                "PGDATABASE",
                "postgres");
    }

    /** Runs a file of SQL; its rows. */
    List<String> run(Path sql) throws Exception {
        var command = new ArrayList<>(psql());
        command.addAll(List.of("-v", "ON_ERROR_STOP=1", "-f", sql.toString()));
        return run(command).lines().toList();
    }

    private static String run(List<String> command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Override
    public void close() throws IOException {
        server.stop(Duration.ofSeconds(10));
        try (Stream<Path> files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
