package dev.holdfast.operator.webhook;

/**
 * One operation of a JSON patch. There is no other than {@code add}: what a pod has stays as it is,
 * but for a note of the webhook's own.
 *
 * @param value a Kubernetes object, a list of such, or a text
 */
record Addition(String path, Object value) {}
