/**
 * Whole-system benchmarks: Holdfast beside its peers, all in one run on one machine, in alternating rounds.
 *
 * <p>Start at {@link dev.holdfast.benchmarks.BenchmarksMain}; the rows are those of the design's table of figures.
 */
@NullMarked
package dev.holdfast.benchmarks;

import org.jspecify.annotations.NullMarked;
