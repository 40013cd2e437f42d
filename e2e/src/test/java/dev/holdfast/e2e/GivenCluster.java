package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A cluster that somebody else started and will end.
 *
 * @param loader a command that is given an image's tar
 */
record GivenCluster(Path kubeconfig, String loader) implements Cluster {

    private static final int LOAD_SECONDS = 300;

    @Override
    public void load(Path imageTar) {
        try {
            Process process = new ProcessBuilder(loader, imageTar.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LOAD_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(loader + " " + imageTar + " failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("HOLDFAST_E2E_LOAD=" + loader + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading " + imageTar, e);
        }
    }

    /** It stays: it is not ours. */
    @Override
    public void close() {}
}
