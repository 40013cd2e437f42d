package dev.holdfast.sidecar.http;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Tests that share two pods: what one of them leaves there, the next one finds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoPods {

    ApiFixture pods;

    @BeforeAll
    void start() throws Exception {
        pods = new ApiFixture();
    }

    @AfterAll
    void stop() throws Exception {
        pods.close();
    }
}
