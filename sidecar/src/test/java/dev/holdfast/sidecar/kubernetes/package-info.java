@NullMarked
package dev.holdfast.sidecar.kubernetes;

import org.jspecify.annotations.NullMarked;
