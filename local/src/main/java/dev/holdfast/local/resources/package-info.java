/** Reads resources from YAML files as strictly as an API server would, and says what is wrong in one line. */
@NullMarked
package dev.holdfast.local.resources;

import org.jspecify.annotations.NullMarked;
