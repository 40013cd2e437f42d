package dev.holdfast.sidecar.logging;

/** For people: {@code 2026-11-24T01:02:03.004Z INFO election: leading lock=payments}, and an exception on lines of its own. */
final class TextFormat implements Format {

    @Override
    public String format(Line line) {
        StringBuilder text = new StringBuilder(line.timeText())
                .append(' ')
                .append(line.level())
                .append(' ')
                .append(line.logger())
                .append(": ")
                .append(line.message());
        line.fields()
                .forEach(
                        (key, value) -> text.append(' ').append(key).append('=').append(value));
        if (line.exception() != null) {
            text.append(System.lineSeparator()).append(Line.stack(line.exception()));
        }
        return text.toString();
    }
}
