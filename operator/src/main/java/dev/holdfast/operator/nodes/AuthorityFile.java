package dev.holdfast.operator.nodes;

import dev.holdfast.crds.RedisNodeSet;
import dev.holdfast.operator.manifests.LockManifests;
import dev.holdfast.operator.nodes.Nodes.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The nodes' CA as the sidecar's code wants it: a file, which here lives as long as the conversation. */
record AuthorityFile(Optional<Path> path) implements AutoCloseable {

    /** No file where nodes speak plain text. */
    static AuthorityFile of(RedisNodeSet set, Optional<Credentials> credentials) {
        if (!LockManifests.usesTls(set)) {
            return new AuthorityFile(Optional.empty());
        }
        try {
            Path file = Files.createTempFile("holdfast-ca-", ".crt");
            Files.writeString(
                    file, credentials.map(Credentials::certificateAuthority).orElse(""));
            return new AuthorityFile(Optional.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (path.isPresent()) {
                Files.deleteIfExists(path.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
