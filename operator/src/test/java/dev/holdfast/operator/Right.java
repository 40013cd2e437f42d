package dev.holdfast.operator;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.stream.Stream;

/** To do something with a kind of objects. */
record Right(String verb, String group, String resource) {

    private static final int CREATED = 201;

    static Stream<Right> of(PolicyRule rule) {
        return rule.getApiGroups().stream()
                .flatMap(group -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream().map(verb -> new Right(verb, group, resource))));
    }

    /** What a call needs: an apply that creates needs the right to create as well. */
    static Stream<Right> neededFor(ApiCall call) {
        Right asked = new Right(call.verb(), call.group(), call.resource());
        return call.verb().equals("patch") && call.status() == CREATED
                ? Stream.of(asked, new Right("create", call.group(), call.resource()))
                : Stream.of(asked);
    }

    @Override
    public String toString() {
        return verb + ' ' + resource + (group.isEmpty() ? "" : '.' + group);
    }
}
