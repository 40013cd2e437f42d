package dev.holdfast.sidecar.redis;

import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Failures of a connection in words for people. */
final class Failures {

    private Failures() {}

    static boolean isNoScript(JedisDataException e) {
        return message(e).startsWith("NOSCRIPT");
    }

    static String describe(Throwable e) {
        if (e instanceof JedisAccessControlException) {
            return "it refused the user or a command: " + message(e);
        }
        Throwable root = e;
        boolean tls = false;
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            root = root.getCause() == null ? root.getSuppressed()[0] : root.getCause();
            tls |= root instanceof SSLException;
        }
        if (tls) {
            return "no TLS with it, or its certificate is not trusted: " + message(root);
        }
        if (root instanceof UnknownHostException) {
            // Resolvers word it now one way, now another, and it is shown where only changes should be.
            return "its name has no address";
        }
        String text = message(root);
        return switch (text) {
            case "Socket closed", "Socket is closed" -> "no answer in time";
            case "Unexpected end of stream." -> "it closed the connection";
            default -> text;
        };
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
