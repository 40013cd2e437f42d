package dev.holdfast.operator.webhook;

/** What an HTTPS server said. */
public record HttpsReply(int status, String body) {}
