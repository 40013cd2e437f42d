/** Makes what the sidecar's image holds besides its jars: the options of Java, and an archive of classes from a training run. */
@NullMarked
package dev.holdfast.sidecar.image;

import org.jspecify.annotations.NullMarked;
