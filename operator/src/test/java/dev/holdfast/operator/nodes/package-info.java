@NullMarked
package dev.holdfast.operator.nodes;

import org.jspecify.annotations.NullMarked;
