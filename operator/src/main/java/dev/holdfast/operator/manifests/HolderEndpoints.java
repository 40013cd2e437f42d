package dev.holdfast.operator.manifests;

import dev.holdfast.crds.DistributedLockSpec.HolderService;
import dev.holdfast.crds.DistributedLockSpec.Port;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The endpoints of the Service whose only endpoint is the holder: one, or none. */
public final class HolderEndpoints {

    private final LockManifests manifests;

    public HolderEndpoints(LockManifests manifests) {
        this.manifests = manifests;
    }

    /** Empty if no Service is asked for. */
    public Optional<EndpointSlice> slice(Optional<Pod> holder) {
        return manifests.asked().map(service -> slice(service, holder));
    }

    private EndpointSlice slice(HolderService service, Optional<Pod> holder) {
        String lock = manifests.lock().getMetadata().getName();
        String name = manifests.serviceName(service);
        Map<String, String> labels = new HashMap<>(Labels.ofLock(lock));
        labels.put("kubernetes.io/service-name", name);
        labels.put("endpointslice.kubernetes.io/managed-by", "holdfast.dev");
        List<Endpoint> endpoints =
                holder.flatMap(HolderEndpoints::endpoint).stream().toList();
        String address =
                endpoints.isEmpty() ? "" : endpoints.getFirst().getAddresses().getFirst();
        // A slice never changes its family.
        boolean isIpv6 = address.contains(":");
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name + (isIpv6 ? "-holder-ipv6" : "-holder"))
                .withNamespace(manifests.lock().getMetadata().getNamespace())
                .withLabels(labels)
                .endMetadata()
                .withAddressType(isIpv6 ? "IPv6" : "IPv4")
                .withEndpoints(endpoints)
                .withPorts(service.ports().stream()
                        .flatMap(port -> port(port, holder).stream())
                        .toList())
                .build();
    }

    private static Optional<Endpoint> endpoint(Pod pod) {
        String address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        if (address == null || address.isEmpty()) {
            return Optional.empty();
        }
        boolean ready = pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
        boolean terminating = pod.getMetadata().getDeletionTimestamp() != null;
        return Optional.of(new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ready && !terminating)
                .withServing(ready)
                .withTerminating(terminating)
                .endConditions()
                .withNodeName(pod.getSpec().getNodeName())
                .withNewTargetRef()
                .withKind("Pod")
                .withName(pod.getMetadata().getName())
                .withNamespace(pod.getMetadata().getNamespace())
                .withUid(pod.getMetadata().getUid())
                .endTargetRef()
                .build());
    }

    /** Slices know numbers only: a port by name is looked up in the holder's containers. */
    private static Optional<EndpointPort> port(Port port, Optional<Pod> holder) {
        IntOrString target = port.targetPort() == null ? new IntOrString(port.port()) : port.targetPort();
        Optional<Integer> number = target.getIntVal() != null
                ? Optional.of(target.getIntVal())
                : holder.flatMap(pod -> containerPort(pod, target.getStrVal()));
        return number.map(resolved -> new EndpointPortBuilder()
                .withName(port.name() == null ? "" : port.name())
                .withPort(resolved)
                .withProtocol("TCP")
                .build());
    }

    private static Optional<Integer> containerPort(Pod pod, String name) {
        return Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                .flatMap(container -> container.getPorts().stream())
                .filter(port -> name.equals(port.getName()))
                .map(ContainerPort::getContainerPort)
                .findFirst();
    }
}
