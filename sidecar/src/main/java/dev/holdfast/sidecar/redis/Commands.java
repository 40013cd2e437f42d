package dev.holdfast.sidecar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.sidecar.redlock.Request;
import dev.holdfast.sidecar.redlock.Request.Witness;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** Requests as commands to one slot of a node set. */
final class Commands {

    private static final byte[] ONE = {'1'};
    private static final byte[] ZERO = {'0'};
    private static final String ZEROS = "0000000000000000";
    private static final long LARGEST = 9_999_999_999_999_999L;

    private final byte[] id;
    private final byte[] node;
    private final byte[] max;
    private final byte[] watch;
    private final boolean durable;
    private final String locks;
    private final String waiters;

    Commands(NodeSet set, int slot) {
        this.id = set.id(slot).getBytes(UTF_8);
        this.node = set.key("node").getBytes(UTF_8);
        this.max = set.key("max").getBytes(UTF_8);
        this.watch = set.key("watch").getBytes(UTF_8);
        // A marker that was lost cannot tell: what the set promises, its nodes keep.
        this.durable = set.durable();
        this.locks = set.key("lock:");
        this.waiters = set.key("wait:");
    }

    /** By SHA-1, or with the whole text for a node that forgot the scripts. */
    private static CommandArguments script(Script script, boolean whole, int keys) {
        return new CommandArguments(whole ? Protocol.Command.EVAL : Protocol.Command.EVALSHA)
                .add(whole ? script.text() : script.sha())
                .add(keys);
    }

    CommandArguments admission(Request request, boolean whole) {
        return switch (request) {
            case Request.Status(var nonce) -> admission(Script.STATUS, whole).add(nonce);
            case Request.Readmit(var life, var most) ->
                admission(Script.READMIT, whole).add(life).add(most);
            case Request.Admit admit ->
                admission(Script.ADMIT, whole)
                        .add(admit.run())
                        .add(admit.nonce())
                        .add(digits(admit.floor()))
                        .add(admit.longestLeaseMillis())
                        .add(admit.durable() || durable ? ONE : ZERO);
            case Request.OnLock _ -> throw new IllegalArgumentException("not about admission: " + request);
        };
    }

    private CommandArguments admission(Script script, boolean whole) {
        return script(script, whole, 3).add(node).add(max).add(watch).add(id);
    }

    /** All of them in one call. */
    CommandArguments onLocks(List<Request.OnLock> requests, Marker marker, boolean whole) {
        int keys = 2;
        for (Request.OnLock request : requests) {
            keys += concernsWaiters(request) ? 2 : 1;
        }
        CommandArguments command = script(Script.LOCK, whole, keys).add(node).add(max);
        for (Request.OnLock request : requests) {
            command.add(locks + request.lock());
            if (concernsWaiters(request)) {
                command.add(waiters + request.lock());
            }
        }
        command.add(marker.text()).add(marker.floor());
        for (Request.OnLock request : requests) {
            arguments(request, command);
        }
        return command;
    }

    private static boolean concernsWaiters(Request.OnLock request) {
        return switch (request) {
            case Request.Acquire acquire -> isOfWaiterOrWitness(acquire);
            case Request.Observe observe -> !observe.waiter().isEmpty();
            case Request.Withdraw _ -> true;
            case Request.Release release -> !release.successor().isEmpty();
            case Request.Renew _, Request.Commit _ -> false;
        };
    }

    private static boolean isOfWaiterOrWitness(Request.Acquire acquire) {
        return !acquire.waiter().isEmpty() || !acquire.witness().attempt().isEmpty();
    }

    private static void arguments(Request.OnLock request, CommandArguments command) {
        switch (request) {
            case Request.Acquire acquire -> {
                boolean plain = !isOfWaiterOrWitness(acquire);
                command.add(plain ? "A" : "B").add(entry(acquire)).add(acquire.keepMillis());
                if (!plain) {
                    witness(command, acquire.witness()).add(acquire.waiter());
                }
            }
            case Request.Renew renew ->
                witness(
                        command.add("R")
                                .add(renew.attempt())
                                .add(renew.operation())
                                .add(renew.leaseMillis())
                                .add(renew.keepMillis())
                                .add(digits(renew.token())),
                        renew.witness());
            case Request.Commit commit ->
                command.add("C")
                        .add(commit.attempt())
                        .add(commit.operation())
                        .add(commit.leaseMillis())
                        .add(commit.keepMillis())
                        .add(digits(commit.token()));
            case Request.Release release -> {
                boolean named = !release.successor().isEmpty();
                if (release.clean() && !named) {
                    command.add("X").add(release.attempt() + ' ').add(release.keepMillis());
                } else {
                    command.add(named ? "Z" : "Y")
                            .add(release.attempt())
                            .add(release.keepMillis())
                            .add(release.clean() ? ONE : ZERO);
                }
                if (named) {
                    command.add(release.operation()).add(release.successor()).add(release.reserveMillis());
                }
            }
            case Request.Observe observe -> {
                if (observe.waiter().isEmpty()) {
                    command.add("O").add("-");
                } else {
                    command.add("P").add(observe.waiter()).add(observe.waiterMillis());
                }
            }
            case Request.Withdraw withdraw -> command.add("W").add(withdraw.waiter());
        }
    }

    /** The lock's entry as it will be if the hint is large enough and the lock was released cleanly. */
    private static String entry(Request.Acquire acquire) {
        return digits(acquire.hint())
                + ' '
                + acquire.attempt()
                + ' '
                + acquire.operation()
                + ' '
                + acquire.leaseMillis()
                + " 0 "
                + acquire.attempt();
    }

    private static CommandArguments witness(CommandArguments command, Witness witness) {
        return command.add(witness.attempt()).add(witness.operation()).add(witness.millis());
    }

    /** Scripts compare numbers as text. What needs more digits is refused like anything else above 2^52. */
    private static String digits(long number) {
        String digits = Long.toString(Math.min(number, LARGEST));
        return ZEROS.substring(digits.length()) + digits;
    }
}
