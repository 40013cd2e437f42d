package dev.holdfast.sidecar.kubernetes;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that are skipped where the programs of an API server are absent. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsApiServer.Condition.class)
public @interface NeedsApiServer {

    /** Looks for the programs. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (TestApiServer.isInstalled()) {
                return ConditionEvaluationResult.enabled("the programs are there");
            }
            String reason = "skipped: put etcd, kube-apiserver and kubectl into " + TestApiServer.DIRECTORY
                    + "/k8s/<version>-linux-amd64, or set KUBE_API_TEST_DIR";
            System.err.println(context.getDisplayName() + " " + reason);
            return ConditionEvaluationResult.disabled(reason);
        }
    }
}
