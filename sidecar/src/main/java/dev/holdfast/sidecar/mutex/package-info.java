/**
 * Keys of locks of mode Mutex, which an application takes, renews and releases on demand. What an application holds is a
 * {@link KeyLease}: the engine's lease, and the application's own deadline. Nothing here blocks.
 */
@NullMarked
package dev.holdfast.sidecar.mutex;

import org.jspecify.annotations.NullMarked;
