package dev.holdfast.sidecar.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts by name, as they run on a node. The arrays are handed to Jedis only, which reads them. */
@SuppressWarnings("ImmutableEnumChecker")
enum Script {
    ACQUIRE(true),
    RENEW(true),
    COMMIT(true),
    RELEASE(true),
    OBSERVE(true),
    WITHDRAW(true),
    STATUS(false),
    READMIT(false),
    ADMIT(false);

    private final byte[] text;
    private final byte[] sha;

    Script(boolean guarded) {
        String body = load(name());
        text = (guarded ? load("GUARD") + body : body).getBytes(StandardCharsets.US_ASCII);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            sha = HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    byte[] text() {
        return text;
    }

    byte[] sha() {
        return sha;
    }

    private static String load(String name) {
        String file = "lua/" + name.toLowerCase(java.util.Locale.ROOT) + ".lua";
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
