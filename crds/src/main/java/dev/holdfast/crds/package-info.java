/** The two resources of {@code holdfast.dev/v1alpha1}: what people write, with its defaults. */
@NullMarked
package dev.holdfast.crds;

import org.jspecify.annotations.NullMarked;
