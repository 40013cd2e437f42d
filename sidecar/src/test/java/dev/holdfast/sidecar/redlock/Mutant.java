package dev.holdfast.sidecar.redlock;

import dev.holdfast.sidecar.redlock.Settings.Focus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The protocol with one rule broken. */
record Mutant(String rule, Function<Settings, SafetyRules> client, Function<Settings, NodeRules> node) {

    /** Some rules matter only under some faults: the search is for those that are likely to show it. */
    boolean needs(Settings settings) {
        return switch (rule) {
            case "an absent entry counts as the largest number" -> settings.focus == Focus.EXPIRY;
            case "an acquisition ends within half a lease" -> settings.focus == Focus.PAUSES;
            case "an admission is a compare-and-set" -> settings.focus == Focus.RESTARTS;
            default -> true;
        };
    }

    static Mutant ofClient(String rule, Function<Settings, SafetyRules> client) {
        return new Mutant(rule, client, SimNodeRules::new);
    }

    static Mutant ofNode(String rule, Function<Settings, NodeRules> node) {
        return new Mutant(rule, SimRules::new, node);
    }

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        holder(all);
        contender(all);
        admission(all);
        numbers(all);
        records(all);
        return all;
    }

    private static void holder(List<Mutant> all) {
        all.add(ofClient("an acknowledgement counts from before its request was sent", s -> new SimRules(s) {
            @Override
            Tick countsFrom(Tick sent, Tick received) {
                return received;
            }
        }));
        all.add(ofClient("validity allows for the drift of two clocks", s -> new SimRules(s) {
            @Override
            long validity(LeaseTiming timing) {
                return timing.lease();
            }
        }));
        all.add(ofClient("the holder counts by its fastest clock", s -> new SimRules(s) {
            @Override
            long heldFor(Tick from, Tick now) {
                return now.leastSince(from);
            }
        }));
        all.add(ofClient("a lease is held by a quorum", s -> new SimRules(s) {
            @Override
            int acknowledgementsToHold(int nodes) {
                return 1;
            }
        }));
        all.add(ofClient("a lapse is final", s -> new SimRules(s) {
            @Override
            boolean mayStillRenew(long remaining) {
                return true;
            }
        }));
        all.add(ofClient("a lost lease is not given back before its end", s -> new SimRules(s) {
            @Override
            boolean mayGiveBackLost(long remaining) {
                return true;
            }
        }));
    }

    private static void contender(List<Mutant> all) {
        all.add(ofClient("an acquisition takes a majority", s -> new SimRules(s) {
            @Override
            int quorum(int nodes) {
                return Math.max(1, nodes / 2);
            }
        }));
        all.add(ofClient("an acquisition ends within half a lease", s -> new SimRules(s) {
            @Override
            boolean acquiredInTime(LeaseTiming timing, Tick startedAt, Tick now, long remaining) {
                return true;
            }
        }));
        all.add(ofClient("the witness's time starts again with every renewal", s -> new SimRules(s) {
            @Override
            Observation observe(@Nullable Observation earlier, LockRecord record, Tick receivedAt) {
                boolean same = earlier != null && earlier.record().attempt().equals(record.attempt());
                return new Observation(record, same && earlier != null ? earlier.since() : receivedAt);
            }
        }));
        all.add(ofClient("a contender counts by its slowest clock", s -> new SimRules(s) {
            @Override
            long watchedFor(Tick since, Tick now) {
                return now.mostSince(since);
            }
        }));
        all.add(ofClient("hints reach the wall clock", s -> new SimRules(s) {
            @Override
            long hint(long largestSeen, long wallMicros) {
                return 1;
            }
        }));
        all.add(ofNode("a take-over is a compare-and-set", s -> new SimNodeRules(s) {
            @Override
            boolean isSameState(String attempt, long operation, Request.Witness witness) {
                return !witness.attempt().isEmpty();
            }
        }));
        all.add(ofNode("a take-over waits the recorded lease out", s -> new SimNodeRules(s) {
            @Override
            boolean isWatchedLongEnough(long leaseMillis, Request.Witness witness) {
                return true;
            }
        }));
    }

    private static void admission(List<Mutant> all) {
        all.add(ofNode("a node that may have forgotten has no vote", s -> new SimNodeRules(s) {
            @Override
            boolean mayVote(boolean admitted) {
                return true;
            }
        }));
        all.add(ofClient("a quarantine outlasts every lease", s -> new SimRules(s) {
            @Override
            boolean quarantineOver(Tick watchedSince, Tick now, long longestLease, double drift) {
                return true;
            }
        }));
        all.add(ofClient("a quarantine allows for drift", s -> new SimRules(s) {
            @Override
            boolean quarantineOver(Tick watchedSince, Tick now, long longestLease, double drift) {
                return now.mostSince(watchedSince) >= longestLease;
            }
        }));
        all.add(new Mutant(
                "a watch is bound to one loss of memory",
                s -> new SimRules(s) {
                    @Override
                    boolean isSameLoss(String watchedRun, String watchedNonce, Reply.Forgotten now) {
                        return watchedRun.equals(now.run());
                    }
                },
                s -> new SimNodeRules(s) {
                    @Override
                    boolean isWatchedLoss(String run, String nonce, Request.Admit admit) {
                        return run.equals(admit.run());
                    }
                }));
        all.add(ofNode("an admission is a compare-and-set", s -> new SimNodeRules(s) {
            @Override
            boolean isWatchedLoss(String run, String nonce, Request.Admit admit) {
                return true;
            }
        }));
        all.add(new Mutant(
                "a volatile node is not readmitted at once",
                s -> new SimRules(s) {
                    @Override
                    boolean mayReadmit(@Nullable RememberedLife remembered, Reply.Forgotten node) {
                        return !node.life().isEmpty();
                    }
                },
                s -> new SimNodeRules(s) {
                    @Override
                    boolean mayReadmit(boolean durable) {
                        return true;
                    }

                    @Override
                    boolean fitsMemory(String life, long max, Request.Readmit remembered) {
                        return true;
                    }
                }));
        all.add(new Mutant(
                "a node that was rolled back is not readmitted",
                s -> new SimRules(s) {
                    @Override
                    boolean mayReadmit(@Nullable RememberedLife remembered, Reply.Forgotten node) {
                        return !node.life().isEmpty() && node.durable();
                    }
                },
                s -> new SimNodeRules(s) {
                    @Override
                    boolean fitsMemory(String life, long max, Request.Readmit remembered) {
                        return true;
                    }
                }));
        all.add(ofClient("the floor is read when the quarantine is over", s -> new SimRules(s) {
            @Override
            boolean mayReadFloor(boolean quarantineOver) {
                return true;
            }
        }));
        all.add(ofClient("enough nodes are read for the floor", s -> new SimRules(s) {
            @Override
            int floorReadsNeeded(int nodes) {
                return 0;
            }
        }));
        all.add(ofClient("numbers start above the floor", s -> new SimRules(s) {
            @Override
            long floor(long largestRead, long ownMax, long wallMicros) {
                return 0;
            }
        }));
        all.add(ofClient("nodes are admitted by the clock when too few can be read", s -> new SimRules(s) {
            @Override
            boolean mayAdmitByClock() {
                return false;
            }
        }));
        all.add(ofClient("the floor reaches the wall clock", s -> new SimRules(s) {
            @Override
            long floor(long largestRead, long ownMax, long wallMicros) {
                return Math.max(largestRead, ownMax);
            }
        }));
    }

    private static void numbers(List<Mutant> all) {
        all.add(ofNode("only who has the node commits", s -> new SimNodeRules(s) {
            @Override
            boolean mayCommit(boolean hasNode) {
                return true;
            }
        }));
        all.add(new Mutant("who commits has the node and the number", SimRules::new, s -> new SimNodeRules(s) {
            @Override
            boolean mayCommit(boolean hasNode) {
                return true;
            }

            @Override
            boolean mayTie(long token, long number, boolean owns) {
                return token >= number;
            }
        }));
        all.add(ofNode("a renewal writes the token", s -> new SimNodeRules(s) {
            @Override
            boolean renewalWritesToken() {
                return false;
            }
        }));
        all.add(ofNode("an absent entry counts as the largest number", s -> new SimNodeRules(s) {
            @Override
            long absentNumber(long max, long floor) {
                return floor;
            }
        }));
    }

    private static void records(List<Mutant> all) {
        all.add(ofNode("an operation that was overtaken changes nothing", s -> new SimNodeRules(s) {
            @Override
            boolean isNews(long recorded, long operation) {
                return true;
            }
        }));
        all.add(ofNode("operations are numbered by their sender", s -> new SimNodeRules(s) {
            @Override
            boolean isNews(long recorded, long operation) {
                return true;
            }

            @Override
            long operation(long recorded, long operation) {
                return recorded + 1;
            }
        }));
        all.add(ofNode("a Redis TTL ends no lease", s -> new SimNodeRules(s) {
            @Override
            boolean hasLapsed(long millisSinceWritten, long leaseMillis) {
                return millisSinceWritten >= leaseMillis;
            }
        }));
    }
}
