package dev.holdfast.local;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Started by {@link LeashTest}: holds two processes, one of them frozen, until it is ended from outside. */
final class LeashedProgram {
    private LeashedProgram() {}

    public static void main(String[] arguments) throws Exception {
        var leash = Leash.attach();
        var running = new Child(leash, "running", List.of("sleep", "600"), Map.of());
        var frozen = new Child(leash, "frozen", List.of("sleep", "600"), Map.of());
        running.start();
        frozen.start();
        Pause.of(Duration.ofMillis(300));
        frozen.freeze();
        System.out.println(leash.directory() + " " + running.pid() + " " + frozen.pid());
        Pause.of(Duration.ofMinutes(10));
        // Never reached, and the leash must be reachable until then.
        leash.close();
    }
}
