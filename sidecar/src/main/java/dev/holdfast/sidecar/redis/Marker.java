package dev.holdfast.sidecar.redis;

/** A node's marker as a connection was told it; scripts compare its text to the letter. */
record Marker(String text, String id, String boot, String floor, long longestLeaseMillis) {

    private static final int FIELDS = 6;

    static Marker parse(String text) {
        String[] fields = text.split(" ", -1);
        if (fields.length != FIELDS) {
            throw new IllegalArgumentException("not a node's marker: \"" + text + "\"");
        }
        return new Marker(text, fields[0], fields[1], fields[3], Long.parseLong(fields[4]));
    }
}
