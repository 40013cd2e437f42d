package dev.holdfast.e2e;

import static org.awaitility.Awaitility.await;

import dev.holdfast.e2e.Leaders.Leader;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A store that refuses a write with an older fencing token than it has seen, and what it has done. Writers are containers in
 * pods that compete for a lock: each writes all the time while its sidecar says that it holds.
 */
record FencedStore(Kube kube) {

    /** Also the store's Service. */
    private static final String NAME = "fenced-store";

    private static final String WRITER = "fenced-writer";
    private static final Path RESOURCES = Project.ROOT.resolve("e2e/src/test/resources/dev/holdfast/e2e");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * What was done to one resource, without repetitions.
     *
     * @param refused for each time that stale writes began to come
     */
    record Writes(Leaders taken, List<Leader> refused) {

        /** Lines of other resources are passed over. */
        static Writes parse(List<String> lines, String resource) {
            List<String[]> done = lines.stream()
                    .map(line -> line.split(" ", -1))
                    .filter(words -> words[0].equals(resource))
                    .toList();
            return new Writes(Leaders.of(such(done, "taken")), such(done, "refused"));
        }

        private static List<Leader> such(List<String[]> done, String verdict) {
            return done.stream()
                    .filter(words -> words[1].equals(verdict))
                    .map(words -> new Leader(words[3], Long.parseLong(words[2])))
                    .toList();
        }

        /** 0 if there was no write. */
        long token() {
            return taken.inOrder().isEmpty() ? 0 : taken.inOrder().getLast().token();
        }
    }

    /** Returns when it serves; does nothing if it does already. */
    static FencedStore start(Kube kube) {
        FencedStore store = new FencedStore(kube);
        store.putFile(NAME, RESOURCES.resolve("fenced-store.pl"));
        store.putFile(WRITER, RESOURCES.resolve("fenced-writer.pl"));
        kube.apply(Images.into(read(RESOURCES.resolve("fenced-store.yaml"))));
        kube.client().pods().inNamespace(kube.namespace()).withName(NAME).waitUntilReady(3, TimeUnit.MINUTES);
        return store;
    }

    /** A manifest of pods with a container {@code app} and volumes, with a writer in each. */
    static String withWriters(String yaml, String lock) {
        return yaml.replace("      containers:\n        - name: app\n", """
                      containers:
                        - name: writer
                          image: %s
                          imagePullPolicy: IfNotPresent
                          command: [perl, /writer/fenced-writer.pl, %s, "%s:8080"]
                          volumeMounts: [{name: writer, mountPath: /writer}]
                        - name: app
                """.formatted(Images.app(), lock, NAME))
                .replace(
                        "      volumes:\n",
                        "      volumes:\n        - {name: writer, configMap: {name: " + WRITER + "}}\n");
    }

    Writes writes(String resource) {
        String log = kube.client()
                .pods()
                .inNamespace(kube.namespace())
                .withName(NAME)
                .getLog();
        return Writes.parse(log.lines().toList(), resource);
    }

    /** Waits until it has taken a write with this token or a greater one; all writes so far. */
    Writes awaitToken(String resource, long token) {
        return await("a write with token " + token)
                .atMost(PATIENCE)
                .until(() -> writes(resource), writes -> writes.token() >= token);
    }

    private void putFile(String name, Path file) {
        kube.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withData(Map.of(file.getFileName().toString(), read(file)))
                        .build())
                .inNamespace(kube.namespace())
                .serverSideApply();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
