@NullMarked
package dev.holdfast.sidecar.http;

import org.jspecify.annotations.NullMarked;
