package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** A real server process on a port of its own, memory only unless told otherwise. Killed with the JVM. */
public final class RedisProcess implements AutoCloseable {

    private final Path executable;
    private final List<String> options;
    private final Path directory;
    private final int port;
    private Process process;

    /** Starts a server and waits until it listens. */
    public RedisProcess(Path executable, String... options) throws IOException {
        this.executable = executable;
        this.options = List.of(options);
        this.directory = Files.createTempDirectory("holdfast-redis");
        this.port = FreePorts.pair();
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** The server that comes with the tests. */
    public static RedisProcess bundled(String... options) throws IOException {
        return new RedisProcess(bundledExecutable(), options);
    }

    /** The bundled server, and the machine's own Redis and Valkey where there are some. */
    public static Stream<Path> executables() throws IOException {
        return Stream.of(Stream.of(bundledExecutable()), installed("redis-server"), installed("valkey-server"))
                .flatMap(found -> found);
    }

    static Path bundledExecutable() throws IOException {
        return ExecutableProvider.newJarResourceProvider().get().toPath();
    }

    static Optional<Path> installedExecutable() {
        return installed("redis-server").findFirst();
    }

    static Optional<Path> installedValkey() {
        return installed("valkey-server").findFirst();
    }

    private static Stream<Path> installed(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .limit(1);
    }

    public Endpoint endpoint() {
        return new Endpoint("127.0.0.1", port);
    }

    /** Ends the process at once; what it had in memory is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again on the same port and directory. */
    public void start() throws IOException {
        process = launch();
    }

    public void restart() throws IOException, InterruptedException {
        kill();
        start();
    }

    /** SIGSTOP. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Sends one command, inline, and gives the first line of the answer. */
    public String command(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((text + "\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n' && c != -1; c = in.read()) {
                line.append((char) c);
            }
            return line.toString().strip();
        }
    }

    /** The locks that have an attempt of a holder's. */
    public Set<String> heldBy(String holder) throws IOException {
        String locks = command("EVAL \"local held={}; for _,k in ipairs(redis.call('KEYS','*:lock:*')) do"
                + " local attempt=string.match(redis.call('GET',k),'^%d+ (%S+)');"
                + " if string.sub(attempt,-#ARGV[1])==ARGV[1] then table.insert(held,k) end end;"
                + " return {ok=table.concat(held,' ')}\" 0 @" + holder);
        return locks.equals("+") ? Set.of() : Set.of(locks.substring(1).split(" "));
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                executable.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--maxmemory-policy",
                "noeviction"));
        command.addAll(options);
        Path log = directory.resolve("redis.log");
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Instant deadline = Instant.now().plus(Duration.ofSeconds(10));
        while (!answers()) {
            if (!started.isAlive() || Instant.now().isAfter(deadline)) {
                throw new IOException("redis-server did not start:\n" + Files.readString(log));
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        return started;
    }

    private boolean answers() {
        try {
            return !command("PING").isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            kill();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
