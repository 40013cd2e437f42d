/**
 * The engine's nodes on Redis and Valkey: one lane of pipelined scripts per node, by Jedis. The scripts are in
 * {@code src/main/resources/dev/holdfast/sidecar/redis/lua}.
 */
@NullMarked
package dev.holdfast.sidecar.redis;

import org.jspecify.annotations.NullMarked;
