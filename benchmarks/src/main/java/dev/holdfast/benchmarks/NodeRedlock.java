package dev.holdfast.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The npm package redlock on ioredis, in a Node process of its own that times itself. */
final class NodeRedlock implements Contestant {
    /** How ioredis writes: each command by itself (its default), or those of one turn of the event loop together. */
    enum Writes {
        EACH,
        AUTO_PIPELINED
    }

    private final Path sources;
    private final Path installation;
    private final Writes writes;

    /** @param sources the folder with package.json, its lock file and main.mjs */
    NodeRedlock(Path sources, Path installation, Writes writes) {
        this.sources = sources;
        this.installation = installation;
        this.writes = writes;
    }

    @Override
    public String name() {
        return switch (writes) {
            case EACH -> "node-redlock";
            case AUTO_PIPELINED -> "node-redlock, auto-pipelining";
        };
    }

    @Override
    public Optional<String> missing() {
        for (var program : List.of("node", "npm")) {
            if (Executables.find(program).isEmpty()) {
                return Optional.of("no " + program + " on the PATH");
            }
        }
        return Optional.empty();
    }

    @Override
    public void prepare(Testbed testbed) throws Exception {
        Files.createDirectories(installation);
        var changed = false;
        for (var name : List.of("package.json", "package-lock.json", "main.mjs")) {
            var from = sources.resolve(name);
            var to = installation.resolve(name);
            if (!Files.exists(to) || Files.mismatch(from, to) >= 0) {
                Files.writeString(to, Files.readString(from));
                changed = true;
            }
        }
        if (changed || !Files.isDirectory(installation.resolve("node_modules"))) {
            var npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                    .directory(installation.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(installation.resolve("npm.log").toFile())
                    .start();
            if (npm.waitFor() != 0) {
                throw new IOException("npm ci failed, see " + installation.resolve("npm.log"));
            }
        }
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) {
        throw new UnsupportedOperationException("runs in its own process");
    }

    @Override
    public PairLoop pairs(Testbed testbed) throws IOException {
        var command = new ProcessBuilder("node", "main.mjs", writes.name());
        testbed.redisPorts().forEach(port -> command.command().add(port.toString()));
        var process = command.directory(installation.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        testbed.killAtEnd(process);
        return new Loop(process, process.outputWriter(UTF_8), process.inputReader(UTF_8));
    }

    private record Loop(Process process, Writer requests, BufferedReader answers) implements PairLoop {
        @Override
        public long[] latencies(Duration time) throws IOException {
            return ask("latency node " + time.toMillis());
        }

        @Override
        public double throughput(int callers, Duration time) throws IOException {
            var answer = ask("throughput node " + callers + " " + time.toMillis());
            return answer[0] * 1e9 / answer[1];
        }

        private long[] ask(String request) throws IOException {
            requests.write(request + "\n");
            requests.flush();
            var answer = answers.readLine();
            if (answer == null) {
                throw new IOException("node-redlock's process ended");
            }
            return Arrays.stream(answer.substring(1, answer.length() - 1).split(","))
                    .mapToLong(Long::parseLong)
                    .toArray();
        }

        @Override
        public void close() throws IOException {
            requests.close(); // the process ends with its input
        }
    }
}
