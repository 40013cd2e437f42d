package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the holder's label from pods whose lock was deleted: nobody would move it any more. All else of the lock goes with its
 * owner references. Sidecars that run go on among themselves, and their conditions stay, so that a lock which is applied
 * again is shown as it is. Thread-safe; any replica may do it, and more than one.
 */
public final class DeletedLocks {

    private static final Logger log = LoggerFactory.getLogger(DeletedLocks.class);

    private final KubernetesClient client;
    private final PodMarks marks;

    public DeletedLocks(KubernetesClient client) {
        this.client = client;
        this.marks = new PodMarks(client, Clock.systemUTC());
    }

    /** A lock is gone. Blocks for round trips. */
    public void forget(String namespace, String lock) {
        List<Pod> holders = client.pods()
                .inNamespace(namespace)
                .withLabel(PodContract.holderLabel(lock))
                .list()
                .getItems();
        if (holders.isEmpty()) {
            return;
        }
        marks.label(lock, holders, Optional.empty());
        log.atInfo()
                .addKeyValue("lock", lock)
                .addKeyValue("namespace", namespace)
                .log("the lock was deleted; its holder is labelled no more");
    }

    /**
     * Locks that went while nobody looked. Blocks for round trips.
     *
     * @param namespaces where to look; empty: everywhere
     * @param exists whether a namespace has a lock of a name
     */
    public void forgetAllBut(BiPredicate<String, String> exists, Set<String> namespaces) {
        for (Pod pod : injected(namespaces)) {
            String namespace = pod.getMetadata().getNamespace();
            Set<String> gone = pod.getMetadata().getLabels().keySet().stream()
                    .filter(label -> label.startsWith(PodContract.HOLDER_LABEL_PREFIX))
                    .map(label -> label.substring(PodContract.HOLDER_LABEL_PREFIX.length()))
                    .filter(lock -> !exists.test(namespace, lock))
                    .collect(Collectors.toSet());
            gone.forEach(lock -> forget(namespace, lock));
        }
    }

    private List<Pod> injected(Set<String> namespaces) {
        if (namespaces.isEmpty()) {
            return client.pods()
                    .inAnyNamespace()
                    .withLabel(PodContract.INJECT_LABEL, "true")
                    .list()
                    .getItems();
        }
        return namespaces.stream()
                .flatMap(
                        namespace -> client
                                .pods()
                                .inNamespace(namespace)
                                .withLabel(PodContract.INJECT_LABEL, "true")
                                .list()
                                .getItems()
                                .stream())
                .toList();
    }
}
