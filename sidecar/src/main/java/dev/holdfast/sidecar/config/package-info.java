/** What the sidecar is told when it starts: its environment and the files that are mounted for it. */
@NullMarked
package dev.holdfast.sidecar.config;

import org.jspecify.annotations.NullMarked;
