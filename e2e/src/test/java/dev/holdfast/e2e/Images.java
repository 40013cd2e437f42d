package dev.holdfast.e2e;

import java.util.Map;

/** The images of other people that the pods run; a cluster that cannot pull brings its own by these variables. */
final class Images {

    private static final String PUBLIC_APP = "buildpack-deps:bookworm-curl";

    private Images() {}

    /** With perl, curl, sh, grep and kill. */
    static String app() {
        return System.getenv().getOrDefault("HOLDFAST_E2E_APP_IMAGE", PUBLIC_APP);
    }

    /** Puts the images of this run into a manifest. */
    static String into(String yaml) {
        return redis(yaml.replace(PUBLIC_APP, app()), System.getenv());
    }

    private static String redis(String yaml, Map<String, String> environment) {
        String image = environment.get("HOLDFAST_E2E_REDIS_IMAGE");
        return image == null ? yaml : yaml.replace("spec:\n  nodes:", "spec:\n  image: " + image + "\n  nodes:");
    }
}
