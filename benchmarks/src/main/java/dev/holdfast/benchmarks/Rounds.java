package dev.holdfast.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Rounds in turn, A B C A B C, so that the machine's drift hits all alike; the first of them only warm up. */
record Rounds(int warmUps, int measured) {
    interface Opening<S> {
        S open(Contestant contestant) throws Exception;
    }

    interface Round<S, R> {
        R run(S session) throws Exception;
    }

    /** What one contestant's measured rounds gave. */
    record Result<R>(Contestant contestant, List<R> rounds) {
        static <R> Optional<Result<R>> of(Contestant contestant, List<Result<R>> results) {
            return results.stream()
                    .filter(result -> result.contestant.equals(contestant))
                    .findFirst();
        }

        /**
         * How many times the other's figure this one's is: the median of the rounds' own ratios, since neighbouring rounds
         * found the machine in about the same state.
         */
        double ratioTo(Result<R> other, ToDoubleFunction<R> figure) {
            var ratios = IntStream.range(0, rounds.size())
                    .mapToDouble(i -> figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(other.rounds.get(i)))
                    .sorted()
                    .toArray();
            return (ratios[(ratios.length - 1) / 2] + ratios[ratios.length / 2]) / 2;
        }
    }

    <S extends AutoCloseable, R> List<Result<R>> alternate(
            List<Contestant> contestants, Opening<S> opening, Round<S, R> round) throws Exception {
        var sessions = new ArrayList<S>();
        var results = new ArrayList<Result<R>>();
        try {
            for (var contestant : contestants) {
                sessions.add(opening.open(contestant));
                results.add(new Result<>(contestant, new ArrayList<>()));
            }
            for (var turn = -warmUps; turn < measured; turn++) {
                for (var i = 0; i < sessions.size(); i++) {
                    var result = round.run(sessions.get(i));
                    if (turn >= 0) {
                        results.get(i).rounds().add(result);
                    }
                }
            }
            return results;
        } finally {
            for (var session : sessions) {
                session.close();
            }
        }
    }
}
