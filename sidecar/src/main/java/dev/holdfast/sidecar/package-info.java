/** The sidecar process: everything is wired here, and nowhere else. */
@NullMarked
package dev.holdfast.sidecar;

import org.jspecify.annotations.NullMarked;
