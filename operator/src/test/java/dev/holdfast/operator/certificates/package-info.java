@NullMarked
package dev.holdfast.operator.certificates;

import org.jspecify.annotations.NullMarked;
