package dev.holdfast.sidecar.redlock;

/** Who has a lock, as one look at its nodes shows. It may have changed since. */
public sealed interface Sighting {

    /** A quorum of nodes shows the same holder. */
    record HeldBy(Holder holder) implements Sighting {}

    /** A quorum of nodes answered, and does not show one holder. */
    record Free() implements Sighting {}

    /** Too few nodes answered. */
    record Unknown(Acquisition.NoQuorum why) implements Sighting {}
}
