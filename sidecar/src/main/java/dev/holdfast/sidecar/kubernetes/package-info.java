/**
 * This pod's conditions, one per lock, kept by this process itself in the cluster's API server. A condition follows the
 * lease and never leads it: no lease waits for the API server, and where it is away, elections go on.
 */
@NullMarked
package dev.holdfast.sidecar.kubernetes;

import org.jspecify.annotations.NullMarked;
