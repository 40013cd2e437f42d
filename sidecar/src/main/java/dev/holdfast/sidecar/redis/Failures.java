package dev.holdfast.sidecar.redis;

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
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            root = root.getCause() == null ? root.getSuppressed()[0] : root.getCause();
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
