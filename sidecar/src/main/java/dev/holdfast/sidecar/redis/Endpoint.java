package dev.holdfast.sidecar.redis;

/** Where a node listens. */
public record Endpoint(String host, int port) {

    /**
     * Parses {@code host:port}; an IPv6 address stands in brackets.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[(.*)]$", "$1");
            if (!host.isEmpty() && port > 0 && port < 65_536) {
                return new Endpoint(host, port);
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException("node address \"" + text + "\": use host:port");
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
