package dev.holdfast.sidecar.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Where lines go, in UTF-8 whatever the locale, each in one write. Thread-safe. */
final class Output {

    private final Format format;
    private final OutputStream stream;

    Output(Format format, OutputStream stream) {
        this.format = format;
        this.stream = stream;
    }

    void write(Line line) {
        byte[] bytes = (format.format(line) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (stream) {
            try {
                stream.write(bytes);
                stream.flush();
            } catch (IOException _) {
                // Nobody reads: there is nobody to tell.
            }
        }
    }
}
