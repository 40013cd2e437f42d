package dev.holdfast.operator.certificates;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A certificate and its key as files that are swapped together while they are read. */
record MountedFiles(String chain, String key) {

    private static final String CHAIN = "tls.crt";
    private static final String KEY = "tls.key";
    private static final int ATTEMPTS = 5;

    /** Both of the same moment. The message of an exception says which is missing or cannot be read. */
    static MountedFiles read(Path directory) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            MountedFiles files = new MountedFiles(text(directory, CHAIN), text(directory, KEY));
            // Else one of them may be of before, and the other of after.
            if (files.chain.equals(text(directory, CHAIN))) {
                return files;
            }
        }
        throw new IOException(CHAIN + " keeps changing");
    }

    private static String text(Path directory, String name) throws IOException {
        try {
            return Files.readString(directory.resolve(name));
        } catch (NoSuchFileException e) {
            throw new IOException(name + " is missing in " + directory, e);
        } catch (CharacterCodingException e) {
            throw new IOException(name + " is not text", e);
        } catch (IOException e) {
            throw new IOException(
                    name + " cannot be read in " + directory + " ("
                            + e.getClass().getSimpleName() + ')',
                    e);
        }
    }

    /** Keeps the key out of logs. */
    @Override
    public String toString() {
        return "MountedFiles[chain and key]";
    }
}
