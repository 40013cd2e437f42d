package dev.holdfast.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * What the contestants run against: Redis nodes and an etcd member on loopback ports.
 *
 * @param spareRedisPorts more nodes, for a row that wants a larger set; empty in another process
 * @param setUid the uid of the node set that Holdfast makes of the Redis nodes; new for each run
 */
record Testbed(
        List<Integer> redisPorts, List<Integer> spareRedisPorts, int etcdPort, String setUid, Processes processes) {
    /** Dies with the run, however that ends. */
    void killAtEnd(Process process) {
        processes.add(process);
    }

    /** For {@link HolderMain}, which runs in another process. */
    String describe() {
        return String.join(
                ",",
                setUid,
                Integer.toString(etcdPort),
                String.join(",", redisPorts.stream().map(String::valueOf).toList()));
    }

    static Testbed described(String text) {
        var words = Arrays.asList(text.split(","));
        var ports =
                words.subList(2, words.size()).stream().map(Integer::valueOf).toList();
        return new Testbed(ports, List.of(), Integer.parseInt(words.get(1)), words.getFirst(), new Processes());
    }
}
