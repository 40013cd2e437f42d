package dev.holdfast.operator.webhook;

/** What an HTTPS server said. */
record HttpsReply(int status, String body) {}
