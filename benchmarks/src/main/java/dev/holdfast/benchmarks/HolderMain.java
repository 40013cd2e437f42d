package dev.holdfast.benchmarks;

import java.nio.file.Path;
import java.time.Duration;

/** Takes a lock, says so, and holds it until it is killed. Started by {@link TakeOver}. */
final class HolderMain {
    static final String HELD = "HELD";

    private HolderMain() {}

    /** Arguments: the contestant's name, the test bed, the lease in milliseconds, the key. */
    public static void main(String[] arguments) throws Exception {
        var contestant = new Contestants(Path.of(".")).holder(arguments[0]);
        var testbed = Testbed.described(arguments[1]);
        var lease = Duration.ofMillis(Long.parseLong(arguments[2]));
        try (var client = contestant.client(testbed, lease)) {
            var hold = client.await(arguments[3]);
            System.out.println(HELD);
            Thread.sleep(Duration.ofHours(1));
            hold.release();
        }
    }
}
