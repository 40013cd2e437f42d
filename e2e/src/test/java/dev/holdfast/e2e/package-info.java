/** The chart, and the whole system on a real cluster: real pods, real kills, real networks. */
@NullMarked
package dev.holdfast.e2e;

import org.jspecify.annotations.NullMarked;
