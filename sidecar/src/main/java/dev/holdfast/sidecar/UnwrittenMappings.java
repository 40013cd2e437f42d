package dev.holdfast.sidecar;

import java.util.Optional;

/**
 * Finds, in the lines of {@code /proc/PID/smaps}, the mappings of files that cannot be written to and of which no page is a
 * copy: what is dropped of such a mapping comes back from its file as it was. Not thread-safe.
 */
final class UnwrittenMappings {

    private static final int HEX = 16;
    private static final String READ = "r--p";
    private static final String EXECUTE = "r-xp";

    /** Pages that were written to before the mapping became read-only: this process's alone. */
    private static final String COPIES = "Anonymous:";

    /** The inode of a mapping without a file behind it. */
    private static final String NO_FILE = "0";

    private Mapping mapping = Mapping.NONE;

    /** Takes the next line; present if it completes such a mapping. */
    Optional<Mapping> next(String line) {
        if (line.startsWith(COPIES)) {
            return mapping.length() > 0 && line.endsWith(" 0 kB") ? Optional.of(mapping) : Optional.empty();
        }
        // An address is in small letters, and what is said of a mapping begins with a capital one.
        if (!line.isEmpty() && !Character.isUpperCase(line.charAt(0))) {
            mapping = begun(line);
        }
        return Optional.empty();
    }

    /** {@code 7f5c-7f5d r--p 00001000 08:01 1234 /path}: addresses, permissions, offset, device, inode, file. */
    private static Mapping begun(String line) {
        String[] fields = line.split(" +", 6);
        boolean readOnly = fields[1].equals(READ) || fields[1].equals(EXECUTE);
        if (!readOnly || fields[4].equals(NO_FILE)) {
            return Mapping.NONE;
        }
        int dash = fields[0].indexOf('-');
        long from = Long.parseUnsignedLong(fields[0], 0, dash, HEX);
        long to = Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), HEX);
        return new Mapping(from, to - from);
    }

    /**
     * Where it lies.
     *
     * @param from its first address
     * @param length in bytes; whole pages
     */
    record Mapping(long from, long length) {
        private static final Mapping NONE = new Mapping(0, 0);
    }
}
