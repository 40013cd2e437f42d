@NullMarked
package dev.holdfast.operator;

import org.jspecify.annotations.NullMarked;
