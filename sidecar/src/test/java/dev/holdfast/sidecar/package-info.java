@NullMarked
package dev.holdfast.sidecar;

import org.jspecify.annotations.NullMarked;
