package dev.holdfast.sidecar.kubernetes;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs when patching begins to fail, fails in another way, and works again. For one thread at a time. */
final class PatchLog {

    private static final Logger log = LoggerFactory.getLogger("kubernetes");
    private static final int NO_ANSWER = 0;

    private final Set<Integer> told = new HashSet<>();

    void works() {
        if (!told.isEmpty()) {
            log.atInfo().log("pod condition is patched again");
        }
        told.clear();
    }

    void fails(String reason) {
        fails(NO_ANSWER, reason);
    }

    void fails(int status, String reason) {
        if (told.add(status)) {
            log.atWarn()
                    .addKeyValue("status", status == NO_ANSWER ? "none" : status)
                    .addKeyValue("reason", reason)
                    .log("pod condition cannot be patched; trying again");
        }
    }

    void ends(int status, String reason) {
        log.atWarn()
                .addKeyValue("status", status)
                .addKeyValue("reason", reason)
                .log("this pod is gone from the API server: no condition is kept any more");
    }
}
