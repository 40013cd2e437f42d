@NullMarked
package dev.holdfast.sidecar.redis;

import org.jspecify.annotations.NullMarked;
