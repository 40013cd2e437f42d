package dev.holdfast.local;

/** Makes the nodes of a fresh set voters. The launcher may do so because it has just started them, with a new uid. */
@FunctionalInterface
interface Admission {
    void admit(LocalNodeSet set) throws LocalFailure;
}
