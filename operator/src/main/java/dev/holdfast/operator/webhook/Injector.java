package dev.holdfast.operator.webhook;

import dev.holdfast.crds.DistributedLock;
import dev.holdfast.crds.PodContract;
import dev.holdfast.operator.webhook.Injection.Deny;
import dev.holdfast.operator.webhook.Injection.Inject;
import dev.holdfast.operator.webhook.Injection.Skip;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Decides what becomes of a pod. It changes nothing and knows nothing but the pod, its locks and the settings. */
final class Injector {
    private static final String MIRROR_ANNOTATION = "kubernetes.io/config.mirror";
    /** How many names a message lists. */
    private static final int LISTED = 10;

    private final InjectionSettings settings;
    private final Locks locks;

    Injector(InjectionSettings settings, Locks locks) {
        this.settings = settings;
        this.locks = locks;
    }

    Injection decide(Pod pod, String namespace) {
        Map<String, String> labels = orEmpty(pod.getMetadata().getLabels());
        Map<String, String> annotations = orEmpty(pod.getMetadata().getAnnotations());
        if (!"true".equals(labels.get(PodContract.INJECT_LABEL))) {
            return new Skip(Skip.Reason.NOT_OPTED_IN);
        }
        if (!settings.serves(namespace)) {
            return new Skip(Skip.Reason.NAMESPACE_NOT_WATCHED);
        }
        // A kubelet's picture of a pod that it runs already.
        if (annotations.containsKey(MIRROR_ANNOTATION)) {
            return new Skip(Skip.Reason.MIRROR_POD);
        }
        return switch (LockNames.parse(annotations.get(PodContract.LOCKS_ANNOTATION))) {
            case LockNames.Invalid invalid -> invalid.denial();
            case LockNames.Valid valid -> decide(pod, namespace, valid.names());
        };
    }

    private Injection decide(Pod pod, String namespace, List<String> names) {
        Optional<Deny> obstacle = Obstacle.in(pod.getSpec(), Set.copyOf(names));
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        List<WantedLock> wanted = new ArrayList<>();
        for (String name : names) {
            Optional<DistributedLock> lock = locks.lock(namespace, name);
            if (lock.isEmpty()) {
                return unknown(namespace, name);
            }
            wanted.add(WantedLock.of(name, lock.get()));
        }
        String asked = orEmpty(pod.getMetadata().getAnnotations())
                .getOrDefault(PodContract.START_ANNOTATION, Start.ALWAYS.word());
        Optional<Start> start = Start.of(asked);
        if (start.isEmpty()) {
            return new Deny(
                    Deny.Reason.BAD_START,
                    "the annotation holdfast.dev/start is \"" + asked
                            + "\"; write Always or WhenHeld, or leave it out");
        }
        if (start.get() == Start.WHEN_HELD && wanted.stream().anyMatch(WantedLock::mutex)) {
            return new Deny(
                    Deny.Reason.BAD_START,
                    "the annotation holdfast.dev/start is WhenHeld, but a lock of mode Mutex is held on demand only; name"
                            + " locks of mode Leader, or remove the annotation");
        }
        List<Addition> patch = Additions.to(
                pod,
                SidecarContainer.of(settings, start.get()),
                SidecarVolume.of(wanted, credentials(namespace, wanted)),
                wanted);
        return patch.isEmpty()
                ? new Skip(Skip.Reason.ALREADY_INJECTED)
                : new Inject(patch, Warnings.about(pod, wanted));
    }

    private List<WantedCredentials> credentials(String namespace, List<WantedLock> wanted) {
        return wanted.stream()
                .map(WantedLock::nodeSet)
                .distinct()
                .map(nodeSet -> WantedCredentials.of(nodeSet, locks.nodeSet(namespace, nodeSet)))
                .flatMap(Optional::stream)
                .toList();
    }

    private Deny unknown(String namespace, String name) {
        List<String> known = locks.names(namespace);
        String listed = String.join(", ", known.stream().sorted().limit(LISTED).toList());
        String more = known.size() > LISTED ? " and " + (known.size() - LISTED) + " more" : "";
        return new Deny(
                Deny.Reason.UNKNOWN_LOCK,
                "no DistributedLock \"" + name + "\" in namespace \"" + namespace
                        + "\"; kubectl apply it first or correct"
                        + " the annotation holdfast.dev/locks; known here: "
                        + (known.isEmpty() ? "none" : listed + more));
    }

    private static Map<String, String> orEmpty(Map<String, String> texts) {
        return Objects.requireNonNullElse(texts, Map.of());
    }
}
