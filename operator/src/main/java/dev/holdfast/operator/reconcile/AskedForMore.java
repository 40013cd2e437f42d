package dev.holdfast.operator.reconcile;

import dev.holdfast.crds.RedisNodeSet;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** What of a node set's changes asks for something: its spec, and its annotations, by which users ask for a new password. */
final class AskedForMore implements OnUpdateFilter<RedisNodeSet> {

    @Override
    public boolean accept(RedisNodeSet now, RedisNodeSet before) {
        return !Objects.equals(
                        now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
                || !Objects.equals(
                        now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations())
                || !Objects.equals(
                        now.getMetadata().getDeletionTimestamp(),
                        before.getMetadata().getDeletionTimestamp());
    }
}
