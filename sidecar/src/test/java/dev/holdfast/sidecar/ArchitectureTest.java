package dev.holdfast.sidecar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(packages = "dev.holdfast.sidecar", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule DIRECTION = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("dev.holdfast.sidecar")
            .layer("http")
            .definedBy("..http..")
            .layer("kubernetes")
            .definedBy("..kubernetes..")
            .layer("metrics")
            .definedBy("..metrics..")
            .layer("config")
            .definedBy("..config..")
            .layer("election")
            .definedBy("..election..")
            .layer("mutex")
            .definedBy("..mutex..")
            .layer("redis")
            .definedBy("..redis..")
            .layer("redlock")
            .definedBy("..redlock..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("kubernetes")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("main", "http", "kubernetes")
            .whereLayer("election")
            .mayOnlyBeAccessedByLayers("main", "http", "kubernetes", "metrics")
            .whereLayer("mutex")
            .mayOnlyBeAccessedByLayers("main", "http")
            .whereLayer("redis")
            .mayOnlyBeAccessedByLayers("main", "config")
            .whereLayer("redlock")
            .mayOnlyBeAccessedByLayers("main", "http", "kubernetes", "metrics", "config", "election", "mutex", "redis");

    @ArchTest
    static final ArchRule THE_ALGORITHM_IMPORTS_JAVA_ONLY = classes()
            .that()
            .resideInAPackage("..redlock..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.holdfast.sidecar.redlock..", "java..", "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_JEDIS = noClasses()
            .that()
            .resideOutsideOfPackage("..redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("redis.clients..");

    @ArchTest
    static final ArchRule ONE_PACKAGE_KNOWS_PROMETHEUS = noClasses()
            .that()
            .resideOutsideOfPackage("..metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.prometheus..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_WHAT_WRITES_THE_LOG = noClasses()
            .that()
            .resideOutsideOfPackage("..logging..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..sidecar.logging..", "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule THE_LOG_KNOWS_NOBODY = classes()
            .that()
            .resideInAPackage("..sidecar.logging..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.holdfast.sidecar.logging..",
                    "java..",
                    "org.slf4j..",
                    "com.fasterxml.jackson.core..",
                    "org.jspecify.annotations..");

    @ArchTest
    static final ArchRule VERTX_IS_FOR_HTTP_AND_ITS_JSON = noClasses()
            .that()
            .resideInAnyPackage("..redlock..", "..redis..", "..election..", "..mutex..", "..metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule CONFIGURATION_USES_JSON_ONLY = noClasses()
            .that()
            .resideInAPackage("..config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.http..", "io.vertx.ext..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.holdfast.sidecar.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule TIME_HAS_ONE_SOURCE = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.holdfast.sidecar.redlock.SystemEnvironment")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

    @ArchTest
    static final ArchRule EVENT_LOOPS_NEVER_WAIT = noClasses()
            .that()
            .resideInAnyPackage("..http..", "..kubernetes..")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "join")
            .orShould()
            .callMethod(java.util.concurrent.CompletableFuture.class, "get");

    @ArchTest
    static final ArchRule NO_STATIC_STATE = fields().that().areStatic().should().beFinal();
}
