package dev.holdfast.sidecar.redlock;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What happens when in a simulation: a binary heap, in the order of time and then of arrival. */
final class EventQueue {

    private long[] times = new long[256];
    private long[] orders = new long[256];
    private @Nullable Runnable[] events = new @Nullable Runnable[256];
    private int size;
    private long arrivals;

    boolean isEmpty() {
        return size == 0;
    }

    long firstTime() {
        return times[0];
    }

    void add(long time, Runnable event) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            orders = Arrays.copyOf(orders, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        long order = arrivals++;
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (times[parent] <= time) { // the parent arrived before
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, time, order, event);
    }

    Runnable remove() {
        Runnable first = Objects.requireNonNull(events[0]);
        size--;
        long time = times[size];
        long order = orders[size];
        Runnable last = Objects.requireNonNull(events[size]);
        events[size] = null;
        if (size > 0) {
            int at = 0;
            while (true) {
                int child = 2 * at + 1;
                if (child >= size) {
                    break;
                }
                if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], times[child], orders[child])) {
                    child++;
                }
                if (!isBefore(times[child], orders[child], time, order)) {
                    break;
                }
                move(child, at);
                at = child;
            }
            put(at, time, order, last);
        }
        return first;
    }

    private static boolean isBefore(long time, long order, long otherTime, long otherOrder) {
        return time < otherTime || (time == otherTime && order < otherOrder);
    }

    private void move(int from, int to) {
        times[to] = times[from];
        orders[to] = orders[from];
        events[to] = events[from];
    }

    private void put(int at, long time, long order, Runnable event) {
        times[at] = time;
        orders[at] = order;
        events[at] = event;
    }
}
