package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.crds.RedisNodeSetStatus.Node;
import dev.holdfast.crds.RedisNodeSetStatus.State;
import dev.holdfast.operator.nodes.Nodes;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Admits the nodes of a set once, when all of them are new.
 *
 * <p>The creator of a set may admit its nodes without a quarantine only if nobody can have used them before. So it is
 * recorded that admission begins before it does, and addresses are told to sidecars only when it is over; an operator that
 * finds such a record of an earlier life leaves the nodes to their quarantine.
 */
final class FreshAdmission {

    private final KubernetesClient client;
    private final Nodes nodes;
    private final Clock wallClock;
    private final Announcements announcements;

    FreshAdmission(KubernetesClient client, Nodes nodes, Clock wallClock, Announcements announcements) {
        this.client = client;
        this.nodes = nodes;
        this.wallClock = wallClock;
        this.announcements = announcements;
    }

    /** Admits them if it may, and tells how far that has come. */
    Admission admit(
            RedisNodeSet cached,
            List<StatefulSet> statefulSets,
            Optional<Nodes.Credentials> credentials,
            Refusals refusals) {
        Optional<Admission> known = Admission.recorded(cached);
        if (known.filter(Admission::isOver).isPresent()) {
            return known.orElseThrow();
        }
        if (cached.getSpec().external() != null) {
            return Admission.leftToSidecars("external nodes are admitted after their quarantine");
        }
        int size = cached.getSpec().nodes();
        long ready = statefulSets.stream()
                .filter(node -> node.getStatus() != null
                        && Integer.valueOf(1).equals(node.getStatus().getReadyReplicas()))
                .count();
        if (ready < size && known.filter(Admission::isBegun).isEmpty()) {
            return refusals.isEmpty()
                    ? Admission.starting(ready + " of " + size + " nodes are ready")
                    : Admission.refused(refusals.text());
        }
        return admitOnce(cached, credentials);
    }

    private Admission admitOnce(RedisNodeSet cached, Optional<Nodes.Credentials> credentials) {
        // The cache is not enough: what it does not show yet may have happened.
        RedisNodeSet set = client.resource(cached).get();
        if (set == null
                || !set.getMetadata().getUid().equals(cached.getMetadata().getUid())) {
            return Admission.starting("the node set was deleted");
        }
        Optional<Admission> record = Admission.recorded(set);
        if (record.filter(Admission::isOver).isPresent()) {
            return record.orElseThrow();
        }
        if (record.filter(Admission::isBegun).isPresent()) {
            return Admission.leftToSidecars("the operator went away while it admitted the nodes");
        }
        // What fails before it is begun can be tried again; a name that is new may take a while to be known.
        Optional<Node> unreachable = nodes.look(set, credentials).stream()
                .filter(node -> node.state() == State.Unreachable)
                .findFirst();
        if (unreachable.isPresent()) {
            return Admission.starting("node " + unreachable.get().name() + " cannot be reached yet: "
                    + unreachable.get().reason());
        }
        recordBeginning(set);
        Optional<String> failure = nodes.admitFresh(set, credentials);
        failure.ifPresentOrElse(
                reason -> announcements.warning(
                        set, "AdmissionLeftToSidecars", "", reason + "; each node votes after its quarantine"),
                () -> announcements.normal(set, "Admitted", "", "all nodes are new and have a vote"));
        return failure.map(Admission::leftToSidecars).orElseGet(Admission::fresh);
    }

    /** Of several who read that nobody has begun, one succeeds; the others fail, and read again. */
    private void recordBeginning(RedisNodeSet read) {
        RedisNodeSet beginning = NodeSetView.of(read, Admission.begun()).withStatus(wallClock);
        beginning.getMetadata().setResourceVersion(read.getMetadata().getResourceVersion());
        client.resource(beginning)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(NodeSetReconciler.NAME)
                        .withForce(true)
                        .build());
    }
}
