package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart is upgraded to another sidecar while pods hold: they keep theirs, new pods get the new one, and both compete for
 * one lock. The other sidecar is that of the tar in HOLDFAST_E2E_OLDER_SIDECAR, else this build's by another tag.
 */
@OnCluster
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class UpgradesE2eTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String OLDER = "HOLDFAST_E2E_OLDER_SIDECAR";
    private static final String NAME = "mixed";

    private final Cases cases = new Cases("upgrades");
    private final Cluster cluster;
    private final Installation installation;
    private final Kube kube;
    private final ImageTar older;
    private final ImageTar newer;
    private Workload workload;

    UpgradesE2eTest(Cluster cluster, @TempDir Path folder) {
        this.cluster = cluster;
        installation = Installation.prepare(cluster, "holdfast-e2e-upgrades");
        kube = installation.kube();
        newer = new ImageTar(Project.imageTar("sidecar"));
        String named = System.getenv(OLDER);
        older = (named == null ? newer : new ImageTar(Path.of(named))).tagged("older", folder);
        if (named == null) {
            System.out.println(
                    "e2e: no " + OLDER + ", the tar of an older sidecar's image: this build's is used by another tag");
        }
    }

    @BeforeAll
    void install() {
        cluster.load(older.file());
        installation.install(Map.of("sidecar.image.repository", older.repository(), "sidecar.image.tag", older.tag()));
        workload = Workload.withService(kube, NAME).with("replicas", 2).apply();
        workload.awaitRolled(2, 1);
        assertThat(images().values()).containsOnly(older.name());
    }

    @AfterAll
    void tell() {
        System.out.printf("%nsidecars %s and %s; lease %s%n%s", older.name(), newer.name(), Workload.LEASE, cases);
        installation.close();
    }

    @Test
    @Order(1)
    void anUpgradeLeavesRunningPodsAloneAndTheLockWithItsHolder() {
        Map<String, String> before = containers();

        CallLog log = cases.during(
                "helm upgrade to another sidecar",
                workload,
                () -> installation.install(
                        Map.of("sidecar.image.repository", newer.repository(), "sidecar.image.tag", newer.tag())));

        assertThat(log.handOvers()).isZero();
        assertThat(containers()).isEqualTo(before);
        awaitReplicasOfBeforeGone();
    }

    /** Helm does not wait for their end, and until then they answer the webhook as well. */
    private void awaitReplicasOfBeforeGone() {
        await("no replica of before")
                .atMost(PATIENCE)
                .until(() -> kube
                        .client()
                        .pods()
                        .inNamespace(Installation.OPERATOR_NAMESPACE)
                        .withLabel("app.kubernetes.io/component", "operator")
                        .list()
                        .getItems()
                        .stream()
                        .flatMap(pod -> pod.getSpec().getContainers().getFirst().getEnv().stream())
                        .filter(variable -> variable.getName().equals("HOLDFAST_SIDECAR_IMAGE"))
                        .allMatch(variable -> variable.getValue().equals(newer.name())));
    }

    @Test
    @Order(2)
    void newPodsGetTheNewOneAndBothCompeteForOneLock() {
        List<String> old = List.copyOf(images().keySet());

        workload = workload.with("replicas", 4).apply();
        workload.awaitRolled(4, 1);

        Map<String, String> all = images();
        assertThat(all).hasSize(4);
        all.forEach((pod, image) -> assertThat(image).isEqualTo(old.contains(pod) ? older.name() : newer.name()));
        String holder = workload.holders().getFirst();
        await("all see the same holder")
                .atMost(PATIENCE)
                .until(() -> all.keySet().stream()
                        .allMatch(pod ->
                                workload.stateIn(pod).at("/holder/pod").asText().equals(holder)));
    }

    @Test
    @Order(3)
    void theLockGoesFromTheOldToTheNewAndBack() {
        cases.during("hand-over from an old sidecar to a new one", workload, () -> handOverFrom(older));
        cases.during("hand-over from a new sidecar to an old one", workload, () -> handOverFrom(newer));
    }

    /** To a pod with another image. */
    private void handOverFrom(ImageTar image) {
        Map<String, String> images = images();
        await("another image holds").atMost(PATIENCE).until(() -> {
            List<String> holders = workload.holders();
            if (holders.size() != 1) {
                return false;
            }
            if (!image.name().equals(images.get(holders.getFirst()))) {
                return true;
            }
            // Conditions come later than the truth.
            if (workload.stateIn(holders.getFirst()).path("held").asBoolean()) {
                workload.resign(holders.getFirst(), "{\"standDown\":\"8s\"}");
            }
            return false;
        });
    }

    /** The sidecar's image of each pod. */
    private Map<String, String> images() {
        return workload.pods().stream()
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getName(),
                        pod -> pod.getSpec().getInitContainers().getFirst().getImage(),
                        (one, _) -> one,
                        TreeMap::new));
    }

    /** Each pod's containers by their ids, which change with a restart. */
    private Map<String, String> containers() {
        return workload.pods().stream()
                .collect(Collectors.toMap(pod -> pod.getMetadata().getName(), UpgradesE2eTest::ids));
    }

    private static String ids(Pod pod) {
        return List.of(
                        pod.getStatus().getInitContainerStatuses(),
                        pod.getStatus().getContainerStatuses())
                .stream()
                .flatMap(List::stream)
                .map(ContainerStatus::getContainerID)
                .sorted()
                .collect(Collectors.joining(" "));
    }
}
