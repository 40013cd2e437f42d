package dev.holdfast.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(
        packages = "dev.holdfast.operator",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {

    @ArchTest
    static final ArchRule DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("dev.holdfast.operator")
            .layer("reconcile")
            .definedBy("..reconcile..")
            .layer("webhook")
            .definedBy("..webhook..")
            .layer("certificates")
            .definedBy("..certificates..")
            .layer("metrics")
            .definedBy("..metrics..")
            .layer("nodes")
            .definedBy("..operator.nodes..")
            .layer("manifests")
            .definedBy("..manifests..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("reconcile")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("webhook")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("certificates")
            .mayOnlyBeAccessedByLayers("main", "reconcile")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("nodes")
            .mayOnlyBeAccessedByLayers("main", "reconcile")
            .whereLayer("manifests")
            .mayOnlyBeAccessedByLayers("reconcile", "nodes");

    /** Operator and sidecar meet in Kubernetes; the one exception is what safety rests on, and has one implementation. */
    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_THE_SIDECARS_NODES = noClasses()
            .that()
            .resideOutsideOfPackage("dev.holdfast.operator.nodes")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.holdfast.sidecar..");

    @ArchTest
    static final ArchRule AND_NOTHING_ELSE_OF_IT = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.holdfast.sidecar.redlock..",
                    "dev.holdfast.sidecar.election..",
                    "dev.holdfast.sidecar.http..",
                    "dev.holdfast.sidecar.config..",
                    "dev.holdfast.sidecar.kubernetes..",
                    "dev.holdfast.sidecar.metrics..");

    @ArchTest
    static final ArchRule THE_OPERATOR_SDK_IS_FOR_THE_LOOPS = noClasses()
            .that()
            .resideInAnyPackage("..webhook..", "..certificates..", "..metrics..", "..manifests..", "..operator.nodes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.javaoperatorsdk..");

    @ArchTest
    static final ArchRule MANIFESTS_ARE_PURE = noClasses()
            .that()
            .resideInAPackage("..manifests..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8.kubernetes.client.dsl..", "io.vertx..");

    @ArchTest
    static final ArchRule VERTX_IS_FOR_HTTP = noClasses()
            .that()
            .resideInAnyPackage("..reconcile..", "..certificates..", "..manifests..", "..operator.nodes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_BOUNCY_CASTLE = noClasses()
            .that()
            .resideOutsideOfPackage("..certificates..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.holdfast.operator.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_STATIC_STATE = fields().that().areStatic().should().beFinal();
}
