package dev.holdfast.operator.manifests;

import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** Who may do what on the nodes of a set. */
public final class RedisAccess {

    /** What the sidecar's scripts need and nothing else; every word is known to Redis from 6.2 on and to Valkey. */
    private static final String RIGHTS = "resetchannels ~holdfast:* &holdfast:* -@all +info +eval +evalsha +script|load"
            + " +client|setname +get +mget +set +del +pexpire +time +publish +subscribe +unsubscribe +zadd +zrem +zrange"
            + " +zremrangebyscore";

    private static final int PASSWORD_BYTES = 32;

    private RedisAccess() {}

    /** A password that nobody else knows. */
    public static String newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The password in a credentials Secret; empty if there is none. */
    public static String password(Secret credentials) {
        return value(credentials, "password");
    }

    /** A value of a Secret as text; empty if there is none. */
    public static String value(Secret secret, String key) {
        String encoded = secret.getData() == null ? null : secret.getData().get(key);
        return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    /**
     * Two Secrets with the same password: what sidecars log in with, and the access list that nodes load. If one is deleted
     * by accident, the other knows the password; a new one would lock everybody out of nodes that run.
     */
    public static List<Secret> secrets(RedisNodeSet set, String password) {
        NodeSetNames names = NodeSetNames.of(set);
        return List.of(
                secret(names, names.credentials())
                        .addToData("username", encode(NodeSetNames.USER))
                        .addToData("password", encode(password))
                        .build(),
                secret(names, names.accessList())
                        .addToData("password", encode(password))
                        .addToData("users.acl", encode(users(password)))
                        .build());
    }

    private static SecretBuilder secret(NodeSetNames names, String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .withType("Opaque");
    }

    /** Nobody without a password, and in the list only the password's hash. */
    private static String users(String password) {
        return "user default off\n" + "user " + NodeSetNames.USER + " on #" + Fingerprint.of(password) + ' ' + RIGHTS
                + '\n';
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
