package dev.holdfast.sidecar.election;

import dev.holdfast.sidecar.redlock.Holder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each transition of an election once. */
public final class ElectionLog implements Consumer<ElectionEvent> {

    private static final Logger log = LoggerFactory.getLogger("election");

    private final String lock;

    public ElectionLog(String lock) {
        this.lock = lock;
    }

    @Override
    public void accept(ElectionEvent event) {
        switch (event) {
            case ElectionEvent.Acquired acquired ->
                log.atInfo()
                        .addKeyValue("lock", lock)
                        .addKeyValue("fencingToken", acquired.fencingToken())
                        .log("leading");
            case ElectionEvent.AtRisk risk ->
                log.atWarn()
                        .addKeyValue("lock", lock)
                        .addKeyValue("validForMs", risk.validFor().toMillis())
                        .log("leadership is at risk: renewals fail");
            case ElectionEvent.Recovered safe ->
                log.atInfo()
                        .addKeyValue("lock", lock)
                        .addKeyValue("validForMs", safe.validFor().toMillis())
                        .log("leadership is safe again");
            case ElectionEvent.Lost lost ->
                log.atInfo()
                        .addKeyValue("lock", lock)
                        .addKeyValue("fencingToken", lost.fencingToken())
                        .addKeyValue("reason", lost.reason())
                        .log("not leading any more");
            case ElectionEvent.HolderChanged changed ->
                log.atInfo()
                        .addKeyValue("lock", lock)
                        .addKeyValue("holder", changed.holder().map(Holder::pod).orElse("nobody"))
                        .log("following");
            case ElectionEvent.NoQuorum none ->
                log.atWarn()
                        .addKeyValue("lock", lock)
                        .addKeyValue("votes", none.refusal().votes())
                        .addKeyValue("needed", none.refusal().needed())
                        .addKeyValue("faults", none.refusal().faults())
                        .log("no quorum");
            case ElectionEvent.QuorumRegained _ ->
                log.atInfo().addKeyValue("lock", lock).log("quorum regained");
        }
    }
}
