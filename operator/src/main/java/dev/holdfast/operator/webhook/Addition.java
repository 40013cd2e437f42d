package dev.holdfast.operator.webhook;

/**
 * One operation of a JSON patch. There is no other than {@code add}: what a pod has stays as it is.
 *
 * @param value a Kubernetes object, or a list of such
 */
record Addition(String path, Object value) {}
