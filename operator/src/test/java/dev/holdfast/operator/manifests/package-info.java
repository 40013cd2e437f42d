@NullMarked
package dev.holdfast.operator.manifests;

import org.jspecify.annotations.NullMarked;
