/**
 * Puts Holdfast's sidecar into new pods that ask for it, and refuses those that cannot get it.
 *
 * <p>{@code WebhookServer} is the HTTPS endpoint, {@code AdmissionHandler} reads and writes reviews, {@code Injector}
 * decides. It promises that what it adds is all it changes; that every pod passes here is promised by nobody: the API
 * server's failure policy decides about pods that arrive while no operator answers.
 */
@NullMarked
package dev.holdfast.operator.webhook;

import org.jspecify.annotations.NullMarked;
