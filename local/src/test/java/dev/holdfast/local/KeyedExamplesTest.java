package dev.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.local.GuardedResource.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs that work on keys, as a user runs them: two at once on the same key, in each language. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyedExamplesTest {
    private ExampleCluster cluster;

    @BeforeAll
    void startCluster() throws Exception {
        cluster = ExampleCluster.of(Language.FOLDER.resolve("lock.yaml"), 2);
    }

    @AfterAll
    void stopCluster() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    @Execution(ExecutionMode.CONCURRENT)
    void aKeyIsWorkedOnByOneAtATimeAndNotLostWithAKilledApplication(Language language, @TempDir Path scratch)
            throws Exception {
        language.assumeHere();
        try (var resource = new GuardedResource()) {
            var first = start(language, 0, 1000, resource, scratch);
            var firstWrite = resource.await(0, "pod-0", 1);
            var second = start(language, 1, 2, resource, scratch);
            resource.await(0, "pod-0", 3);
            assertThat(resource.after(0)).extracting(Write::worker).containsOnly("pod-0");

            first.kill();
            assertEndedWell(second);
            var secondWrite = resource.await(0, "pod-1", 2);
            assertThat(secondWrite.token()).isGreaterThan(firstWrite.token());

            // The second has released it: the next one has it.
            int seen = resource.count();
            assertEndedWell(start(language, 0, 1, resource, scratch));
            assertThat(resource.after(seen))
                    .singleElement()
                    .satisfies(write -> assertThat(write.token()).isGreaterThan(secondWrite.token()));
        }
    }

    private Child start(Language language, int pod, int steps, GuardedResource resource, Path scratch)
            throws Exception {
        var command = language.keyed(scratch, "order/" + language, steps);
        var name = language + "-" + pod + "-" + steps;
        return cluster.application(name, cluster.pods().get(pod), command, Map.of("RESOURCE_URL", resource.url()));
    }

    private void assertEndedWell(Child child) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() ->
                        assertThat(child.onExit()).as(cluster.output(child)).isCompletedWithValue(0));
    }
}
