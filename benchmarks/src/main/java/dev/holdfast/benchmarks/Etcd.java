package dev.holdfast.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.time.Duration;
import java.util.Optional;

/** etcd's lock service with one lease per client, kept alive, as its own concurrency package does it. One member. */
final class Etcd implements Contestant {
    @Override
    public String name() {
        return "etcd, 1 member";
    }

    @Override
    public Optional<String> missing() {
        return Executables.find("etcd").isPresent() ? Optional.empty() : Optional.of("no etcd on the PATH");
    }

    @Override
    public LockClient client(Testbed testbed, Duration lease) throws Exception {
        var client = Client.builder()
                .endpoints("http://127.0.0.1:" + testbed.etcdPort())
                .build();
        var leaseId = client.getLeaseClient().grant(lease.toSeconds()).get().getID();
        var keepAlive = client.getLeaseClient()
                .keepAlive(leaseId, Observers.<LeaseKeepAliveResponse>builder().build());
        return new Connected(client, leaseId, keepAlive);
    }

    private record Connected(Client client, long leaseId, CloseableClient keepAlive) implements LockClient {
        @Override
        public Hold take(String key) throws Exception {
            return await(key);
        }

        @Override
        public Hold await(String key) throws Exception {
            var locks = client.getLockClient();
            var owned = locks.lock(ByteSequence.from(key, UTF_8), leaseId).get().getKey();
            return () -> locks.unlock(owned).get();
        }

        @Override
        public void close() {
            keepAlive.close();
            client.getLeaseClient().revoke(leaseId).join();
            client.close();
        }
    }
}
