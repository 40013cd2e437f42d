package dev.holdfast.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of reference: as the description that is served, and with lines of curl that work. */
@Timeout(90)
class HttpApiPageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "http-api.md");
    private static final String SERVER = "http://127.0.0.1:4040";
    private static final String LEASE = "/v1/leases/";

    private ApiFixture pods;

    @BeforeEach
    void start() throws Exception {
        pods = new ApiFixture();
        pods.leadByA();
    }

    @AfterEach
    void stop() throws Exception {
        pods.close();
    }

    /** After a change of the description: {@code mvn -pl crds,sidecar test -Dtest=HttpApiPageTest -Ddocs.update}. */
    @Test
    void thePageIsThatOfTheDescription() throws Exception {
        String generated =
                HttpApiPage.of(pods.get(pods.portOfA, "/openapi.yaml").body());
        if (System.getProperty("docs.update") != null) {
            Files.writeString(PAGE, generated);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(generated);
    }

    @Test
    void everyCurlLineWorks() throws Exception {
        assumeTrue(Program.isHere("curl"), "needs curl");
        List<String> lines = Files.readString(PAGE)
                .lines()
                .filter(line -> line.startsWith("    curl "))
                .toList();
        assertThat(lines).hasSameSizeAs(pods.api.calls());
        for (String line : lines) {
            releaseAll();
            assertThat(run(here(line))).as(line).startsWith("2");
        }
    }

    /** With this pod's port, a key that is held, and a lease as long as these nodes allow. */
    private String here(String line) throws Exception {
        String here = line.replace(SERVER, "http://127.0.0.1:" + pods.portOfA)
                .replace("\"expiryInSeconds\":60", "\"expiryInSeconds\":2");
        if (!here.contains(LEASE)) {
            return here;
        }
        String id = pods.take(pods.portOfA, "order-7", "").getString("leaseId");
        return here.replaceAll(LEASE + "[A-Za-z0-9_-]+", LEASE + id);
    }

    private void releaseAll() throws Exception {
        while (pods.held().isPresent()) {
            pods.delete(pods.portOfA, LEASE + pods.held().orElseThrow().id());
        }
    }

    /** The status; a stream is left after a moment. */
    private static String run(String line) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", line + " -m 1 -o /dev/null -w '%{http_code}'").start();
        String status = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return status;
    }
}
