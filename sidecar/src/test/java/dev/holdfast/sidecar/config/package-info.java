@NullMarked
package dev.holdfast.sidecar.config;

import org.jspecify.annotations.NullMarked;
