package dev.holdfast.e2e;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.Release;
import java.nio.file.Path;
import java.util.Map;

/** One release of the chart in a cluster. */
record HelmRelease(Path kubeconfig, String namespace, String name) {

    private static final int TIMEOUT_SECONDS = 180;

    /** Returns when everything that was installed is ready. */
    Release install(Map<String, ?> values) {
        var install = new Helm(Project.CHART)
                .install()
                .withKubeConfig(kubeconfig)
                .withNamespace(namespace)
                .createNamespace()
                .withName(name)
                .waitReady()
                .withTimeout(TIMEOUT_SECONDS);
        values.forEach(install::set);
        return install.call();
    }

    Release upgrade(Map<String, ?> values) {
        var upgrade = new Helm(Project.CHART)
                .upgrade()
                .withKubeConfig(kubeconfig)
                .withNamespace(namespace)
                .withName(name)
                .waitReady()
                .withTimeout(TIMEOUT_SECONDS);
        values.forEach(upgrade::set);
        return upgrade.call();
    }

    void uninstall() {
        Helm.uninstall(name).withKubeConfig(kubeconfig).withNamespace(namespace).call();
    }
}
