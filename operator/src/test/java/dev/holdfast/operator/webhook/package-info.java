@NullMarked
package dev.holdfast.operator.webhook;

import org.jspecify.annotations.NullMarked;
