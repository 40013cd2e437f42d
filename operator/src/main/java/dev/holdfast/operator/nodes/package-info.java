/** Redis nodes as the operator speaks to them: admission of a fresh set, and a look at each. Jedis behind the sidecar's own code. */
@NullMarked
package dev.holdfast.operator.nodes;

import org.jspecify.annotations.NullMarked;
