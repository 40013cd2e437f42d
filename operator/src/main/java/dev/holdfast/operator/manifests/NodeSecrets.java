package dev.holdfast.operator.manifests;

import dev.holdfast.crds.RedisNodeSet;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a node set keeps secret.
 *
 * @param access who may log in
 * @param tls the CA and the nodes' certificate, if they speak TLS
 */
public record NodeSecrets(RedisAccess access, Optional<Tls> tls) {

    public static final String AUTHORITIES = "ca.crt";
    static final String ACCESS_LIST = "users.acl";
    static final String CERTIFICATE = "tls.crt";
    static final String KEY = "tls.key";

    private static final String PASSWORD = "password";
    private static final String OTHER_PASSWORD = "other-password";
    private static final String ROTATION = "rotation";
    private static final String TOLD_SINCE = "told-since";
    private static final String TRUSTED_SINCE = "holdfast.dev/trusted-since";

    /**
     * Certificates and keys as PEM.
     *
     * @param texts by file: {@code ca.crt}, {@code ca.key}, {@code tls.crt}, {@code tls.key}
     * @param trustedSince since when sidecars are told these authorities
     */
    public record Tls(Map<String, String> texts, Instant trustedSince) {
        public Tls {
            texts = Map.copyOf(texts);
        }

        public String authorities() {
            return texts.getOrDefault(AUTHORITIES, "");
        }

        /** Keeps the keys out of logs. */
        @Override
        public String toString() {
            return "Tls[" + trustedSince + ']';
        }
    }

    /**
     * Two Secrets know the password: what sidecars log in with, and the access list that nodes load. If one is deleted by
     * accident, the other knows it still; a new password would lock everybody out of nodes that run.
     */
    public List<Secret> secrets(RedisNodeSet set) {
        NodeSetNames names = NodeSetNames.of(set);
        List<Secret> secrets = new ArrayList<>();
        secrets.add(credentials(names));
        secrets.add(accessList(names));
        tls.ifPresent(files -> secrets.add(secret(names, names.certificates(), files.texts())
                .editMetadata()
                .addToAnnotations(TRUSTED_SINCE, files.trustedSince().toString())
                .endMetadata()
                .build()));
        return secrets;
    }

    private Secret credentials(NodeSetNames names) {
        Map<String, String> texts = new TreeMap<>(Map.of("username", NodeSetNames.USER, PASSWORD, access.password()));
        tls.ifPresent(files -> texts.put(AUTHORITIES, files.authorities()));
        // Until sidecars are told the next password, the request is not answered: if this is all that is left, it
        // begins anew.
        if (access.phase() != RedisAccess.Phase.INTRODUCING) {
            texts.put(ROTATION, access.rotation());
        }
        access.toldSince().ifPresent(since -> texts.put(TOLD_SINCE, since.toString()));
        return secret(names, names.credentials(), texts).build();
    }

    private Secret accessList(NodeSetNames names) {
        Map<String, String> texts = new TreeMap<>(Map.of(PASSWORD, access.password(), ACCESS_LIST, access.users()));
        access.other().ifPresent(password -> texts.put(OTHER_PASSWORD, password));
        texts.put(ROTATION, access.rotation());
        access.toldSince().ifPresent(since -> texts.put(TOLD_SINCE, since.toString()));
        return secret(names, names.accessList(), texts).build();
    }

    private static SecretBuilder secret(NodeSetNames names, String name, Map<String, String> texts) {
        Map<String, String> data = new TreeMap<>();
        texts.forEach((key, text) -> data.put(key, encode(text)));
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(names.namespace())
                .withLabels(Labels.ofNodeSet(names.set()))
                .endMetadata()
                .withType("Opaque")
                .withData(data);
    }

    /** What a Secret with a password tells; empty if it has none. */
    public static Optional<RedisAccess> access(Secret secret) {
        String password = value(secret, PASSWORD);
        return password.isEmpty()
                ? Optional.empty()
                : Optional.of(new RedisAccess(
                        password,
                        Optional.of(value(secret, OTHER_PASSWORD)).filter(text -> !text.isEmpty()),
                        instant(value(secret, TOLD_SINCE)),
                        value(secret, ROTATION)));
    }

    /** What a Secret with certificates tells; a time that is missing is long ago. */
    public static Tls tls(Secret secret) {
        Map<String, String> texts = new TreeMap<>();
        (secret.getData() == null ? Map.<String, String>of() : secret.getData())
                .keySet()
                .forEach(key -> texts.put(key, value(secret, key)));
        return new Tls(
                texts,
                annotation(secret, TRUSTED_SINCE).flatMap(NodeSecrets::instant).orElse(Instant.EPOCH));
    }

    /** A value of a Secret as text; empty if there is none, or none that can be read. */
    public static String value(Secret secret, String key) {
        String encoded = secret.getData() == null ? null : secret.getData().get(key);
        return encoded == null ? "" : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    }

    /** What nodes load when they start, in short. */
    String fingerprint() {
        return Fingerprint.of(access.users()
                + tls.map(files -> files.texts().get(CERTIFICATE)).orElse(""));
    }

    private static Optional<String> annotation(Secret secret, String name) {
        return Optional.ofNullable(secret.getMetadata().getAnnotations()).map(all -> all.get(name));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
