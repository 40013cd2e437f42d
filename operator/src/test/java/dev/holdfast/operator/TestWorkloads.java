package dev.holdfast.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** Workloads of a namespace: what users apply, and what their controllers would make of it. */
record TestWorkloads(KubernetesClient client, String namespace) {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    /** @param settings fields of its spec, as YAML in one line */
    static String yaml(String kind, String name, String lock, String settings) {
        return """
                apiVersion: apps/v1
                kind: %s
                metadata: {name: %s}
                spec:
                  selector: {matchLabels: {app: %s}}
                  template:
                    metadata:
                      labels: {app: %s, holdfast.dev/inject: 'true'}
                      annotations: {holdfast.dev/locks: 'other, %s'}
                    spec: {containers: [{name: app, image: app}]}
                %s
                """.formatted(kind, name, name, name, lock, settings.indent(2));
    }

    Deployment deployment(String name, String lock, String settings, int revision) {
        Deployment deployment = Serialization.unmarshal(yaml("Deployment", name, lock, settings), Deployment.class);
        deployment.getMetadata().setNamespace(namespace);
        deployment.getMetadata().setAnnotations(Map.of(REVISION, Integer.toString(revision)));
        return client.resource(deployment).serverSideApply();
    }

    /** One revision of a Deployment. */
    ReplicaSet replicaSet(Deployment deployment, int revision) {
        return client.resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withName(deployment.getMetadata().getName() + '-' + revision)
                        .withNamespace(namespace)
                        .withAnnotations(Map.of(REVISION, Integer.toString(revision)))
                        .withOwnerReferences(controlledBy(deployment))
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(0)
                        .withSelector(deployment.getSpec().getSelector())
                        .withTemplate(deployment.getSpec().getTemplate())
                        .endSpec()
                        .build())
                .create();
    }

    StatefulSet statefulSet(String name, String lock, String settings, String updateRevision) {
        StatefulSet set = Serialization.unmarshal(
                yaml("StatefulSet", name, lock, "serviceName: s\n" + settings), StatefulSet.class);
        set.getMetadata().setNamespace(namespace);
        StatefulSet applied = client.resource(set).serverSideApply();
        applied.setStatus(new StatefulSetStatusBuilder()
                .withReplicas(0)
                .withUpdateRevision(updateRevision)
                .build());
        return client.resource(applied).updateStatus();
    }

    static OwnerReference controlledBy(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .build();
    }
}
