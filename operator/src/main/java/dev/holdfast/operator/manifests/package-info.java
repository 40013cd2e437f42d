/** What Kubernetes is asked for, as pure functions of the resources: immutable, without side effects, for any thread. */
@NullMarked
package dev.holdfast.operator.manifests;

import org.jspecify.annotations.NullMarked;
