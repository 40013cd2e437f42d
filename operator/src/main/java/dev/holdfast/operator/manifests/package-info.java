/** What Kubernetes is asked for, as pure functions of the resources. */
@NullMarked
package dev.holdfast.operator.manifests;

import org.jspecify.annotations.NullMarked;
