@NullMarked
package dev.holdfast.sidecar.election;

import org.jspecify.annotations.NullMarked;
