package dev.holdfast.crds;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** A lock that the sidecars of one workload compete for, or under which applications take keys. */
@Group(DistributedLock.GROUP)
@Version(DistributedLock.VERSION)
@Singular("distributedlock")
@Plural("distributedlocks")
@ShortNames("dlock")
@Categories("holdfast")
@AdditionalPrinterColumn(name = "Mode", jsonPath = ".spec.mode", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Holder", jsonPath = ".status.holder.pod", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Token",
        jsonPath = ".status.holder.fencingToken",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Since", jsonPath = ".status.holder.since", type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Candidates",
        jsonPath = ".status.candidates",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')",
        message = "a lock's name is part of labels and conditions: use at most 63 lower-case letters, digits and '-'")
public class DistributedLock extends CustomResource<DistributedLockSpec, DistributedLockStatus> implements Namespaced {

    public static final String KIND = "DistributedLock";
    public static final String GROUP = "holdfast.dev";
    public static final String VERSION = "v1alpha1";
    public static final String API_VERSION = GROUP + '/' + VERSION;

    private static final long serialVersionUID = 1;
}
