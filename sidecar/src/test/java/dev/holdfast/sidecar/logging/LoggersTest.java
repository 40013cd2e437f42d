package dev.holdfast.sidecar.logging;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMDCAdapter;

/** What is written of the calls that code makes. */
class LoggersTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final BasicMDCAdapter context = new BasicMDCAdapter();

    private Logger logger(Format format, String levels) {
        Clock clock = Clock.fixed(Instant.parse("2026-11-24T01:02:03Z"), ZoneOffset.UTC);
        return new Loggers(Levels.parse(levels, List.of()), new Output(format, written), clock, context)
                .getLogger("election");
    }

    private Logger json() {
        return logger(new JsonFormat(), "");
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private JsonObject onlyLine() {
        assertThat(lines()).hasSize(1);
        return new JsonObject(lines().getFirst());
    }

    @Test
    void aLineSaysWhenHowGraveWhereAndWhat() {
        json().info("leading");

        assertThat(onlyLine())
                .isEqualTo(new JsonObject()
                        .put("time", "2026-11-24T01:02:03.000Z")
                        .put("level", "INFO")
                        .put("logger", "election")
                        .put("message", "leading"));
    }

    @Test
    void valuesKeepTheirTypes() {
        json().atWarn()
                .addKeyValue("token", 1_795_464_352_729_068L)
                .addKeyValue("votes", 2)
                .addKeyValue("share", 0.5)
                .addKeyValue("infinite", Double.NaN)
                .addKeyValue("held", true)
                .addKeyValue("lease", Duration.ofSeconds(3))
                .addKeyValue("faults", List.of("a:1: gone", 7))
                .addKeyValue("nothing", (Object) null)
                .log("no quorum");

        JsonObject line = onlyLine();
        assertThat(line.getValue("token")).isEqualTo(1_795_464_352_729_068L);
        assertThat(line.getValue("votes")).isEqualTo(2);
        assertThat(line.getValue("share")).isEqualTo(0.5);
        assertThat(line.getValue("infinite")).isEqualTo("NaN");
        assertThat(line.getValue("held")).isEqualTo(true);
        assertThat(line.getValue("lease")).isEqualTo("PT3S");
        assertThat(line.getJsonArray("faults"))
                .isEqualTo(new JsonArray().add("a:1: gone").add(7));
        assertThat(line.containsKey("nothing")).isTrue();
        assertThat(line.getValue("nothing")).isNull();
    }

    @Test
    void oneEventIsOneLineWhateverIsInIt() {
        String text = "two\nlines, a \"quote\", a \\, a tab\t, a bell\u0007, ü, 鎖 and \uD83D\uDD12";
        json().atInfo().addKeyValue("key\n", text).log(text);

        assertThat(onlyLine().getString("message")).isEqualTo(text);
        assertThat(onlyLine().getString("key\n")).isEqualTo(text);
    }

    @Test
    void noKeyIsThereTwice() {
        json().atInfo()
                .addKeyValue("level", "high")
                .addKeyValue("lock", "a")
                .addKeyValue("lock", "b")
                .log("x");

        assertThat(onlyLine().getString("level")).isEqualTo("INFO");
        assertThat(onlyLine().getString("level_")).isEqualTo("high");
        assertThat(onlyLine().getString("lock")).isEqualTo("b");
        assertThat(lines().getFirst().split("\"lock\":", -1)).hasSize(2);
    }

    @Test
    void anExceptionIsOneStringWithItsStackAndCauses() {
        json().error("failed", new IllegalStateException("outer", new IllegalArgumentException("inner")));

        assertThat(onlyLine().getString("exception"))
                .startsWith("java.lang.IllegalStateException: outer\n\tat ")
                .contains("Caused by: java.lang.IllegalArgumentException: inner\n");
    }

    @Test
    void placeholdersAndTheContextOfTheThreadAreFilledIn() {
        context.put("resource.name", "payments");
        json().info("{} of {} nodes, {}", 2, 3, "{}");
        context.clear();

        assertThat(onlyLine().getString("message")).isEqualTo("2 of 3 nodes, {}");
        assertThat(onlyLine().getString("resource.name")).isEqualTo("payments");
    }

    @Test
    void onlyWhatItsLevelLetsThroughIsWritten() {
        Logger logger = logger(new JsonFormat(), "ERROR,election=WARN");
        logger.info("no");
        logger.atInfo().log("no");
        logger.atDebug().setCause(new IllegalStateException()).log("no");
        logger.warn("yes");

        assertThat(logger.isInfoEnabled()).isFalse();
        assertThat(logger.isWarnEnabled()).isTrue();
        assertThat(onlyLine().getString("message")).isEqualTo("yes");
    }

    @Test
    void textIsForPeople() {
        logger(new TextFormat(), "")
                .atInfo()
                .addKeyValue("lock", "payments")
                .addKeyValue("votes", 2)
                .log("leading");

        assertThat(lines()).containsExactly("2026-11-24T01:02:03.000Z INFO election: leading lock=payments votes=2");
    }
}
