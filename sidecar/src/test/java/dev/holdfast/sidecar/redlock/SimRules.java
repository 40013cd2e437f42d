package dev.holdfast.sidecar.redlock;

/**
 * The rules of clients, as they are. Where wall clocks are arbitrary, no node is admitted by the clock: for tokens the
 * protocol then promises nothing (section 11, G2c).
 */
class SimRules extends SafetyRules {

    private final boolean clocksAgree;

    SimRules(Settings settings) {
        this.clocksAgree = !settings.wrongWalls;
    }

    @Override
    boolean mayAdmitByClock() {
        return clocksAgree;
    }
}
