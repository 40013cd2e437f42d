package dev.holdfast.local;

import dev.holdfast.crds.RedisNodeSetSpec;
import dev.holdfast.local.LocalFailure.Usage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the command line asks for. */
sealed interface Options {
    record Demo(@Nullable String redisServer) implements Options {}

    /** No file means the example's. */
    record Local(
            List<Path> files,
            int pods,
            OptionalInt nodes,
            int port,
            @Nullable String redisServer) implements Options {
        public Local {
            files = List.copyOf(files);
        }
    }

    int DEFAULT_PODS = 3;
    int DEFAULT_PORT = 4040;
    int MOST_PODS = 20;

    static Options parse(List<String> arguments, @Nullable String redisServer) throws Usage {
        if (arguments.isEmpty()) {
            throw new Usage("no command; write ./holdfast demo or ./holdfast local");
        }
        var rest = arguments.subList(1, arguments.size()).iterator();
        return switch (arguments.getFirst()) {
            case "demo" -> demo(rest, redisServer);
            case "local" -> local(rest, redisServer);
            default -> throw new Usage("unknown command \"" + arguments.getFirst() + "\"; known: demo, local");
        };
    }

    private static Options demo(Iterator<String> rest, @Nullable String redisServer) throws Usage {
        var server = redisServer;
        while (rest.hasNext()) {
            var option = rest.next();
            if (!option.equals("--redis-server")) {
                throw new Usage("unknown option \"" + option + "\" of demo; known: --redis-server");
            }
            server = value(option, rest);
        }
        return new Demo(server);
    }

    private static Options local(Iterator<String> rest, @Nullable String redisServer) throws Usage {
        var server = redisServer;
        var files = new ArrayList<Path>();
        var pods = DEFAULT_PODS;
        var nodes = OptionalInt.empty();
        var port = DEFAULT_PORT;
        while (rest.hasNext()) {
            var option = rest.next();
            switch (option) {
                case "-f" -> files.add(Path.of(value(option, rest)));
                case "--pods" -> pods = number(option, rest, 1, MOST_PODS);
                case "--nodes" -> nodes = OptionalInt.of(nodes(number(option, rest, 1, 9)));
                case "--port" -> port = number(option, rest, 1024, 65_000);
                case "--redis-server" -> server = value(option, rest);
                default ->
                    throw new Usage("unknown option \"" + option
                            + "\" of local; known: -f, --pods, --nodes, --port, --redis-server");
            }
        }
        return new Local(files, pods, nodes, port, server);
    }

    private static int nodes(int nodes) throws Usage {
        if (!RedisNodeSetSpec.NODE_COUNTS.contains(nodes)) {
            throw new Usage("--nodes is " + nodes + "; write 1, 3, 5, 7 or 9");
        }
        return nodes;
    }

    private static int number(String option, Iterator<String> rest, int least, int most) throws Usage {
        var text = value(option, rest);
        try {
            var number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new Usage(option + " is \"" + text + "\"; write a number from " + least + " to " + most);
    }

    private static String value(String option, Iterator<String> rest) throws Usage {
        if (!rest.hasNext()) {
            throw new Usage("option " + option + " needs a value");
        }
        return rest.next();
    }
}
