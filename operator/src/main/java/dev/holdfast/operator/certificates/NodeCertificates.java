package dev.holdfast.operator.certificates;

import dev.holdfast.operator.certificates.StoredCertificates.State;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CA of a node set and the certificate that all its nodes present, as the texts {@code ca.crt}, {@code ca.key},
 * {@code tls.crt} and {@code tls.key} of a Secret. Whoever writes them sees to it that a new CA is trusted before a node
 * presents what it signed. Thread-safe.
 */
public final class NodeCertificates {

    private static final Logger log = LoggerFactory.getLogger(NodeCertificates.class);
    private static final String PURPOSE = "nodes";
    private static final int MOST_FORMER = 4;

    private NodeCertificates() {}

    /**
     * Those that are there if they are good, else others.
     *
     * @param stored what the Secret holds; empty: there is none
     * @param trusted PEM of the authorities that clients were told last; they stay trusted when a new one is made
     * @param names what the nodes are called
     */
    public static Map<String, String> current(
            Map<String, String> stored, String trusted, List<String> names, Instant now) {
        StoredCertificates before = StoredCertificates.of(stored);
        StoredCertificates after = switch (before.state(names, now)) {
            case State.Good _ -> before;
            case State.LeafDue due -> {
                tell("the nodes' certificate is renewed", due.reason());
                yield before.withNewLeaf(names, now);
            }
            case State.AuthorityDue _ -> {
                tell("the nodes' CA is renewed", "its end comes near");
                yield before.withNewAuthority(PURPOSE, names, now);
            }
            case State.Broken broken -> {
                if (!stored.isEmpty()) {
                    tell("the nodes' Secret holds what Holdfast did not write; it is replaced", broken.reason());
                }
                yield StoredCertificates.create(PURPOSE, names, now).trusting(readable(trusted));
            }
        };
        return after.texts();
    }

    /** The latest of those that signed before: until all nodes present what a newer one signed, an older one may be needed. */
    private static String readable(String authorities) {
        if (authorities.isEmpty()) {
            return "";
        }
        try {
            return Pem.certificates(authorities).stream()
                    .limit(MOST_FORMER)
                    .map(Pem::write)
                    .collect(Collectors.joining());
        } catch (GeneralSecurityException _) {
            return ""; // Nobody could trust it either.
        }
    }

    private static void tell(String message, String reason) {
        log.atInfo().addKeyValue("reason", reason).log(message);
    }
}
