package dev.holdfast.operator.certificates;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class where no API server is installed. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsApiServer.Condition.class)
public @interface NeedsApiServer {

    /** Says why in one line. */
    class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return ApiServer.isInstalled()
                    ? ConditionEvaluationResult.enabled("an API server is installed")
                    : ConditionEvaluationResult.disabled("no etcd, kube-apiserver and kubectl in ~/.kubeapitest/k8s/"
                            + ApiServer.VERSION + "-linux-amd64");
        }
    }
}
