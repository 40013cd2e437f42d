@NullMarked
package dev.holdfast.sidecar.logging;

import org.jspecify.annotations.NullMarked;
