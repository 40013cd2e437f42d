package dev.holdfast.e2e;

import java.util.Map;
import java.util.Set;

/** The images of other people that the pods run; a cluster that cannot pull brings its own by these variables. */
final class Images {

    private static final String PUBLIC_APP = "buildpack-deps:bookworm-curl";

    /** As an example's manifests name them, and the variable for another image in its place. */
    private static final Map<String, String> PUBLIC = Map.of(
            PUBLIC_APP,
            "HOLDFAST_E2E_APP_IMAGE",
            "postgres:17-alpine",
            "HOLDFAST_E2E_POSTGRES_IMAGE",
            "redis:7.2-alpine",
            "HOLDFAST_E2E_REDIS_IMAGE");

    private Images() {}

    /** With perl, curl, sh, grep and kill. */
    static String app() {
        return System.getenv().getOrDefault("HOLDFAST_E2E_APP_IMAGE", PUBLIC_APP);
    }

    /** Those that the examples name. */
    static Set<String> ofExamples() {
        return PUBLIC.keySet();
    }

    /** Puts the images of this run into a manifest. */
    static String into(String yaml) {
        return into(yaml, System.getenv());
    }

    private static String into(String yaml, Map<String, String> environment) {
        String changed = yaml;
        for (var each : PUBLIC.entrySet()) {
            String image = environment.get(each.getValue());
            if (image != null) {
                changed = changed.replace("image: " + each.getKey() + "\n", "image: " + image + "\n");
            }
        }
        String redis = environment.get("HOLDFAST_E2E_REDIS_IMAGE");
        return redis == null ? changed : changed.replace("spec:\n  nodes:", "spec:\n  image: " + redis + "\n  nodes:");
    }
}
