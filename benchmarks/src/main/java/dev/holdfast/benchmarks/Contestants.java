package dev.holdfast.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** Everybody, and who takes part in which row. */
final class Contestants {
    final Contestant rawDelete = new RawSockets(RawSockets.ReleaseBy.DEL);
    final Contestant rawCompare = new RawSockets(RawSockets.ReleaseBy.COMPARE_AND_DELETE);
    final Contestant sequentialJedis = new SequentialJedis();
    final Contestant redissonLock = new Redisson(Redisson.Kind.RLOCK_ON_ONE_NODE);
    final Contestant redissonRedLock = new Redisson(Redisson.Kind.RED_LOCK);
    final Contestant etcd = new Etcd();
    final Contestant holdfast = new Holdfast();
    final SidecarImage image;
    final Contestant nodeRedlock;
    final Contestant nodeRedlockPipelining;

    Contestants(Path home) {
        image = SidecarImage.builtBeside(home);
        var sources = home.resolve("node-redlock");
        var installation = home.resolve("target/node-redlock");
        nodeRedlock = new NodeRedlock(sources, installation, NodeRedlock.Writes.EACH);
        nodeRedlockPipelining = new NodeRedlock(sources, installation, NodeRedlock.Writes.AUTO_PIPELINED);
    }

    List<Row> rows() {
        return List.of(
                new Pair(this),
                new Callers(this),
                new HandOver(this),
                new TakeOver(this),
                new ApplicationDies(this),
                new Footprint(this, image));
    }

    /** Those that {@link HolderMain} can play. */
    Contestant holder(String name) {
        return List.of(redissonLock, redissonRedLock, etcd, holdfast).stream()
                .filter(contestant -> contestant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
