package dev.holdfast.e2e;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import java.nio.file.Path;
import java.util.Map;

/** One release of the chart in a cluster. */
record HelmRelease(Path kubeconfig, String namespace, String name) {

    private static final int TIMEOUT_SECONDS = 180;

    /** Installs it, or upgrades what an earlier run left; returns when everything is ready. */
    Release install(Map<String, ?> values) {
        var upgrade = new Helm(Project.CHART)
                .upgrade()
                .install()
                .createNamespace()
                .withKubeConfig(kubeconfig)
                .withNamespace(namespace)
                .withName(name)
                .waitReady()
                .withTimeout(TIMEOUT_SECONDS);
        values.forEach(upgrade::set);
        return upgrade.call();
    }

    /** What {@code helm test} does. */
    void test() {
        Helm.test(name)
                .withKubeConfig(kubeconfig)
                .withNamespace(namespace)
                .withTimeout(TIMEOUT_SECONDS)
                .call();
    }

    void uninstall() {
        Helm.uninstall(name).withKubeConfig(kubeconfig).withNamespace(namespace).call();
    }
}
