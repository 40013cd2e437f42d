package dev.holdfast.operator.certificates;

/**
 * What a server presents.
 *
 * @param chain PEM
 * @param key PEM, PKCS #8
 */
public record ServerCertificate(String chain, String key) {

    /** Keeps the key out of logs. */
    @Override
    public String toString() {
        return "ServerCertificate[chain and key]";
    }
}
