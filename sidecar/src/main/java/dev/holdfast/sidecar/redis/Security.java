package dev.holdfast.sidecar.redis;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How nodes are spoken to.
 *
 * @param credentials asked at each connection, so that a rotated password serves from the next one on
 * @param certificateAuthority the PEM file with the certificates that may have signed the nodes' own; read at each
 *     connection. Host names are checked. Absent: plain text
 */
public record Security(Supplier<Optional<Credentials>> credentials, Optional<Path> certificateAuthority) {

    /** Plain text, no user. */
    public static Security none() {
        return new Security(Optional::empty, Optional.empty());
    }

    /** An ACL user. */
    public record Credentials(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }
}
