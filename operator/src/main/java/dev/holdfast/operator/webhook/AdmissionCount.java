package dev.holdfast.operator.webhook;

/** Counts decisions: {@code holdfast_admissions_total{decision,reason}}. */
@FunctionalInterface
public interface AdmissionCount {

    /** Both texts come from small fixed sets. */
    void count(String decision, String reason);
}
