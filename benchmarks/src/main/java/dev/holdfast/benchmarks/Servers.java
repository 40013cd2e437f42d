package dev.holdfast.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import redis.embedded.core.ExecutableProvider;

/** Starts real Redis nodes (memory only) and an etcd member with a fresh data folder, on free loopback ports. */
final class Servers {
    private static final int NODES = 3;
    private static final int SPARE = 2;
    private static final Duration START_WITHIN = Duration.ofSeconds(15);

    private final Path folder;
    private final Path redisServer;
    private final Processes processes;

    Servers(Options options, Path folder, Processes processes) throws IOException {
        this.folder = folder;
        this.processes = processes;
        this.redisServer = options.redisServer().isPresent()
                ? options.redisServer().get()
                : ExecutableProvider.newJarResourceProvider().get().toPath();
    }

    Path redisServer() {
        return redisServer;
    }

    Testbed start() throws IOException, InterruptedException {
        var ports = freePorts(NODES + SPARE + 2);
        var redisPorts = ports.subList(0, NODES);
        var spareRedisPorts = ports.subList(NODES, NODES + SPARE);
        for (var port : ports.subList(0, NODES + SPARE)) {
            startRedis(port);
        }
        var etcdPort = ports.get(NODES + SPARE);
        if (Executables.find("etcd").isPresent()) {
            startEtcd(etcdPort, ports.get(NODES + SPARE + 1));
        }
        return new Testbed(
                redisPorts, spareRedisPorts, etcdPort, UUID.randomUUID().toString(), processes);
    }

    private void startRedis(int port) throws IOException, InterruptedException {
        var node = Files.createDirectories(folder.resolve("redis-" + port));
        var command = List.of(
                redisServer.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxmemory-policy",
                "noeviction",
                "--dir",
                node.toString());
        start(command, node.resolve("log"));
        awaitPort(port);
    }

    private void startEtcd(int clientPort, int peerPort) throws IOException, InterruptedException {
        var member = Files.createDirectories(folder.resolve("etcd"));
        var clients = "http://127.0.0.1:" + clientPort;
        var peers = "http://127.0.0.1:" + peerPort;
        var command = List.of(
                "etcd",
                "--data-dir",
                member.resolve("data").toString(),
                "--listen-client-urls",
                clients,
                "--advertise-client-urls",
                clients,
                "--listen-peer-urls",
                peers,
                "--initial-advertise-peer-urls",
                peers,
                "--initial-cluster",
                "default=" + peers);
        start(command, member.resolve("log"));
        awaitPort(clientPort);
    }

    private void start(List<String> command, Path log) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    }

    /** All at once, so that none is handed out twice. */
    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (var i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    private static void awaitPort(int port) throws IOException, InterruptedException {
        var end = System.nanoTime() + START_WITHIN.toNanos();
        while (true) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }
}
