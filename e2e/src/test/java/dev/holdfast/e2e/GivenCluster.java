package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that somebody else started and will end.
 *
 * @param loader a command that is given an image's tar
 */
record GivenCluster(Path kubeconfig, String loader) implements Cluster {

    private static final int LOAD_SECONDS = 300;
    private static final int LOAD_TRIES = 3;

    /**
     * Loading is tried again: when a tag moves, containerd's garbage collector may take a layer of the image that the tag
     * leaves while the new image, which shares that layer, is unpacked over it ("parent snapshot … does not exist").
     */
    @Override
    public void load(Path imageTar) {
        try {
            String said = null;
            for (int tries = 0; tries < LOAD_TRIES; tries++) {
                said = tryToLoad(imageTar);
                if (said == null) {
                    return;
                }
            }
            throw new IllegalStateException(loader + " " + imageTar + " failed " + LOAD_TRIES + " times: " + said);
        } catch (IOException e) {
            throw new UncheckedIOException("HOLDFAST_E2E_LOAD=" + loader + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading " + imageTar, e);
        }
    }

    /** What the loader said when it failed, null when the image is there. */
    private @Nullable String tryToLoad(Path imageTar) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(loader, imageTar.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor(LOAD_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
            return null;
        }
        process.destroyForcibly();
        return said;
    }

    /** It stays: it is not ours. */
    @Override
    public void close() {}
}
