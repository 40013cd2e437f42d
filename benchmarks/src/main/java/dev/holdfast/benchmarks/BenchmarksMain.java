package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Runs the rows and prints the report. See README.md. */
final class BenchmarksMain {
    private final Options options;
    private final Report report;
    private final Testbed testbed;
    private final Set<Contestant> prepared = new HashSet<>();
    private final Set<Contestant> absent = new HashSet<>();

    private BenchmarksMain(Options options, Report report, Testbed testbed) {
        this.options = options;
        this.report = report;
        this.testbed = testbed;
    }

    public static void main(String[] arguments) throws Exception {
        try {
            run(Options.parse(List.of(arguments)));
            System.exit(0); // clients leave threads behind
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void run(Options options) throws Exception {
        var target = Files.createDirectories(options.home().resolve("target"));
        var folder = Files.createTempDirectory(target, "run-").toAbsolutePath();
        try (var processes = new Processes()) {
            var servers = new Servers(options, folder, processes);
            var main = new BenchmarksMain(options, new Report(servers.redisServer()), servers.start());
            for (var row : new Contestants(options.home()).rows()) {
                if (options.wants(row)) {
                    main.run(row);
                }
            }
            var markdown = main.report.markdown();
            System.out.print(markdown);
            if (options.report().isPresent()) {
                Files.writeString(options.report().get(), markdown);
            }
        } finally {
            delete(folder);
        }
    }

    private void run(Row row) throws Exception {
        var present = new ArrayList<Contestant>();
        for (var contestant : row.contestants()) {
            if (options.wants(contestant) && isPresent(contestant)) {
                present.add(contestant);
            }
        }
        System.err.println("running " + row.name() + " ...");
        report.add(row.run(testbed, present, options.quick()));
    }

    private boolean isPresent(Contestant contestant) throws Exception {
        var reason = contestant.missing();
        if (reason.isPresent()) {
            if (absent.add(contestant)) {
                report.absent(contestant, reason.get());
            }
            return false;
        }
        if (prepared.add(contestant)) {
            contestant.prepare(testbed);
        }
        return true;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
