package dev.holdfast.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Holds a key by a stream, says so, and holds it until it is killed. Started by {@link ApplicationDies}. */
final class StreamHolderMain {
    private StreamHolderMain() {}

    /** Argument: the stream's address. */
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        try (var client = HttpClient.newHttpClient()) {
            client.send(request, HttpResponse.BodyHandlers.ofLines()).body().forEach(line -> {
                if (line.equals("event: acquired")) {
                    System.out.println(HolderMain.HELD);
                }
            });
        }
    }
}
