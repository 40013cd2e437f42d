package dev.holdfast.operator.webhook;

/** What goes back over HTTP. */
record Answer(int status, String contentType, String body) {

    static Answer review(String body) {
        return new Answer(200, "application/json", body);
    }

    /** For callers that are no API server, and for people who try. */
    static Answer refusal(int status, String message) {
        return new Answer(status, "text/plain; charset=utf-8", message + '\n');
    }
}
