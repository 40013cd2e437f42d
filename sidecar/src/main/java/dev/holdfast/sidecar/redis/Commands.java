package dev.holdfast.sidecar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.Request.Witness;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** Requests as commands to one slot of a node set. */
final class Commands {

    private static final byte[] ONE = {'1'};
    private static final byte[] ZERO = {'0'};

    private final NodeSet set;
    private final byte[] id;
    private final byte[] node;
    private final byte[] max;
    private final byte[] watch;

    Commands(NodeSet set, int slot) {
        this.set = set;
        this.id = set.id(slot).getBytes(UTF_8);
        this.node = set.key("node").getBytes(UTF_8);
        this.max = set.key("max").getBytes(UTF_8);
        this.watch = set.key("watch").getBytes(UTF_8);
    }

    static Script script(Request request) {
        return switch (request) {
            case Request.Acquire _ -> Script.ACQUIRE;
            case Request.Renew _ -> Script.RENEW;
            case Request.Commit _ -> Script.COMMIT;
            case Request.Release _ -> Script.RELEASE;
            case Request.Observe _ -> Script.OBSERVE;
            case Request.Withdraw _ -> Script.WITHDRAW;
            case Request.Status _ -> Script.STATUS;
            case Request.Readmit _ -> Script.READMIT;
            case Request.Admit _ -> Script.ADMIT;
        };
    }

    /** By SHA-1, or with the whole text for a node that forgot the scripts. */
    private static CommandArguments script(Script script, boolean whole, int keys) {
        return new CommandArguments(whole ? Protocol.Command.EVAL : Protocol.Command.EVALSHA)
                .add(whole ? script.text() : script.sha())
                .add(keys);
    }

    CommandArguments admission(Request request, boolean whole) {
        CommandArguments command =
                script(script(request), whole, 3).add(node).add(max).add(watch).add(id);
        return switch (request) {
            case Request.Status(var nonce) -> command.add(nonce);
            case Request.Readmit(var life, var most) -> command.add(life).add(most);
            case Request.Admit admit ->
                command.add(admit.run())
                        .add(admit.nonce())
                        .add(admit.floor())
                        .add(admit.longestLeaseMillis())
                        .add(admit.durable() ? ONE : ZERO);
            case Request.OnLock _ -> throw new IllegalArgumentException("not about admission: " + request);
        };
    }

    CommandArguments onLock(Request.OnLock request, Marker marker, boolean whole) {
        boolean needsWaiters = switch (request) {
            case Request.Acquire acquire -> !acquire.waiter().isEmpty();
            case Request.Observe _, Request.Withdraw _ -> true;
            case Request.Renew _, Request.Commit _, Request.Release _ -> false;
        };
        CommandArguments command = script(script(request), whole, needsWaiters ? 5 : 4)
                .add(node)
                .add(max)
                .add(set.key("lock:" + request.lock()))
                .add(set.key("ch:" + request.lock()));
        if (needsWaiters) {
            command.add(set.key("wait:" + request.lock()));
        }
        command.add(marker.text()).add(marker.floor());
        return arguments(request, command);
    }

    private static CommandArguments arguments(Request.OnLock request, CommandArguments command) {
        return switch (request) {
            case Request.Acquire acquire -> {
                command.add(acquire.attempt())
                        .add(acquire.operation())
                        .add(acquire.leaseMillis())
                        .add(acquire.keepMillis())
                        .add(acquire.hint());
                if (!acquire.witness().attempt().isEmpty() || !acquire.waiter().isEmpty()) {
                    witness(command, acquire.witness()).add(acquire.waiter());
                }
                yield command;
            }
            case Request.Renew renew -> {
                command.add(renew.attempt())
                        .add(renew.operation())
                        .add(renew.leaseMillis())
                        .add(renew.keepMillis())
                        .add(renew.token());
                yield renew.witness().attempt().isEmpty() ? command : witness(command, renew.witness());
            }
            case Request.Commit commit ->
                command.add(commit.attempt())
                        .add(commit.operation())
                        .add(commit.leaseMillis())
                        .add(commit.keepMillis())
                        .add(commit.token());
            case Request.Release release ->
                command.add(release.attempt())
                        .add(release.operation())
                        .add(release.keepMillis())
                        .add(release.clean() ? ONE : ZERO)
                        .add(release.successor().isEmpty() ? "-" : release.successor())
                        .add(release.reserveMillis());
            case Request.Observe observe ->
                observe.waiter().isEmpty()
                        ? command
                        : command.add(observe.waiter()).add(observe.waiterMillis());
            case Request.Withdraw withdraw -> command.add(withdraw.waiter());
        };
    }

    private static CommandArguments witness(CommandArguments command, Witness witness) {
        return command.add(witness.attempt()).add(witness.operation()).add(witness.millis());
    }
}
