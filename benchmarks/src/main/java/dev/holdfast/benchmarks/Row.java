package dev.holdfast.benchmarks;

import java.util.List;

/** One row of the design's table of figures. */
interface Row {
    String name();

    /** All who take part; those absent from this machine are left out by the caller. */
    List<Contestant> contestants();

    Section run(Testbed testbed, List<Contestant> present, boolean quick) throws Exception;

    /** What a row has to say in the report. */
    record Section(String title, String how, List<String> columns, List<List<String>> lines, List<Verdict> verdicts) {}

    /** A figure to reach, and whether it was. */
    record Verdict(String figure, String target, String measured, boolean reached) {}
}
