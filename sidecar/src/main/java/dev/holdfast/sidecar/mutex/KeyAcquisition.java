package dev.holdfast.sidecar.mutex;

import dev.holdfast.sidecar.redlock.Acquisition;

/** How it ended when a key was asked for. */
public sealed interface KeyAcquisition {

    /** The key is held here. */
    record Acquired(KeyLease lease) implements KeyAcquisition {}

    /** The nodes did not give it: any {@link Acquisition} but an acquired one. */
    record Refused(Acquisition reason) implements KeyAcquisition {}

    /** This process holds or waits for as many keys as it may. */
    record Full(int most) implements KeyAcquisition {}

    /** This process ends. */
    record Stopping() implements KeyAcquisition {}
}
