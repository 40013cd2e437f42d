package dev.holdfast.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API server would not have, one kind at a time: one bad object must not stop all others of a resource. */
final class Refusals {

    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final int LONGEST = 500;
    private static final int CONFLICT = 409;
    private static final String TAKEN =
            "an object of that name is there that Holdfast did not make; delete it, or take another name: ";

    private final List<String> messages = new ArrayList<>(0);

    void collect(String kind, Runnable reconciliation) {
        try {
            reconciliation.run();
        } catch (KubernetesClientException e) {
            String said = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
            String message = kind + " refused: " + (e.getCode() == CONFLICT ? TAKEN : "") + said;
            log.atWarn()
                    .addKeyValue("kind", kind)
                    .addKeyValue("status", e.getCode())
                    .log(message);
            add(message);
        } catch (IllegalArgumentException e) {
            // A spec that the definitions let pass and that means nothing.
            String message = kind + " cannot be made: " + e.getMessage();
            log.atWarn().addKeyValue("kind", kind).log(message);
            add(message);
        }
    }

    private void add(String message) {
        messages.add(message.length() > LONGEST ? message.substring(0, LONGEST) + '…' : message);
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** All of them in one line. */
    String text() {
        return String.join("; ", messages);
    }

    Readiness orElse(Readiness otherwise) {
        return isEmpty() ? otherwise : new Readiness.Waiting("ObjectRefused", text());
    }
}
