package dev.holdfast.operator.webhook;

import dev.holdfast.crds.PodContract;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The sidecar's files: its locks, the nodes' credentials, and a token and CA of its own for the API server. */
final class SidecarVolume {
    private static final long TOKEN_SECONDS = 3600;
    /** The sidecar runs as another user than the files' owner. */
    private static final int MODE = 0444;

    private SidecarVolume() {}

    static Volume of(List<WantedLock> locks, List<WantedCredentials> credentials) {
        List<VolumeProjection> sources = new ArrayList<>();
        locks.forEach(lock -> sources.add(lockFile(lock)));
        credentials.forEach(wanted -> sources.add(credentialFiles(wanted)));
        sources.add(token());
        sources.add(authority());
        locks.stream().filter(lock -> !lock.mutex()).forEach(lock -> sources.add(resignAnnotation(lock)));
        return new VolumeBuilder()
                .withName(PodContract.SIDECAR)
                .withNewProjected()
                .withDefaultMode(MODE)
                .withSources(sources)
                .endProjected()
                .build();
    }

    /** The locks that a volume was made for; empty when it is not one of ours. */
    static Set<String> locksIn(Volume volume) {
        if (volume.getProjected() == null) {
            return Set.of();
        }
        return volume.getProjected().getSources().stream()
                .map(VolumeProjection::getConfigMap)
                .filter(Objects::nonNull)
                .map(source -> Objects.requireNonNullElse(source.getName(), ""))
                .filter(name -> name.startsWith(PodContract.CONFIG_MAP_PREFIX))
                .map(name -> name.substring(PodContract.CONFIG_MAP_PREFIX.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static VolumeProjection lockFile(WantedLock lock) {
        String key = lock.name() + ".json";
        return new VolumeProjectionBuilder()
                .withNewConfigMap()
                .withName(lock.configMap())
                .withItems(item(key, "locks/" + key))
                .endConfigMap()
                .build();
    }

    private static VolumeProjection credentialFiles(WantedCredentials wanted) {
        List<String> keys =
                wanted.authority() ? List.of("username", "password", "ca.crt") : List.of("username", "password");
        String folder = "credentials/" + wanted.nodeSet() + "/";
        return new VolumeProjectionBuilder()
                .withNewSecret()
                .withName(wanted.secret())
                .withItems(keys.stream().map(key -> item(key, folder + key)).toList())
                .endSecret()
                .build();
    }

    /** Its own, so that a pod which mounts no token for its application works too. */
    private static VolumeProjection token() {
        return new VolumeProjectionBuilder()
                .withNewServiceAccountToken()
                .withExpirationSeconds(TOKEN_SECONDS)
                .withPath("kubernetes/token")
                .endServiceAccountToken()
                .build();
    }

    private static VolumeProjection authority() {
        return new VolumeProjectionBuilder()
                .withNewConfigMap()
                .withName("kube-root-ca.crt")
                .withItems(item("ca.crt", "kubernetes/ca.crt"))
                .endConfigMap()
                .build();
    }

    /** Asks the sidecar to hand over; the kubelet brings a change of it within a second or so. */
    private static VolumeProjection resignAnnotation(WantedLock lock) {
        return new VolumeProjectionBuilder()
                .withNewDownwardAPI()
                .addNewItem()
                .withPath("resign/" + lock.name())
                .withNewFieldRef("v1", "metadata.annotations['" + PodContract.resignAnnotation(lock.name()) + "']")
                .endItem()
                .endDownwardAPI()
                .build();
    }

    private static KeyToPath item(String key, String path) {
        return new KeyToPath(key, null, path);
    }
}
