package org.jetfanout.service.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jetfanout.service.runs.Concurrency;
import org.jetfanout.service.runs.QueueFullException;
import org.jetfanout.service.runs.StartRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A template starts at its times: once for each, whatever happens to the process in between. */
class SchedulesTest {
    private static final String NIGHTLY =
            """
            nightly:
              command: [exec, -i, inv, '--', 'echo {x}']
              variables: {x: }
              agent: agent.sock
              concurrency: one
              schedule: {cron: '0 3 * * *', zone: Europe/Berlin, missed: %s, variables: {x: night}}
            """;

    @TempDir private Path folder;
    private TemplatesBed bed;

    @BeforeEach
    void begin() throws IOException {
        bed = new TemplatesBed(folder);
    }

    /** A process of the service begins. */
    private Schedules process(String text) throws IOException {
        return new Schedules(bed.templates(text), folder, bed);
    }

    @Test
    void itStartsAtItsTime() throws IOException {
        Schedules schedules = process(NIGHTLY.formatted("once"));
        schedules.look();
        bed.set("2026-03-05T01:59:59Z");
        schedules.look();
        assertThat(bed.starts()).isEmpty();
        bed.set("2026-03-05T02:00:00Z");
        schedules.look();
        schedules.look();
        bed.pass(Duration.ofMinutes(5));
        schedules.look();
        assertThat(bed.starts()).hasSize(1);
        StartRequest start = bed.starts().get(0);
        assertThat(start.words()).containsExactly("exec", "-i", "inv", "--", "echo night");
        assertThat(start.who()).isEqualTo("schedule:nightly");
        assertThat(start.template()).contains("nightly");
        assertThat(start.concurrency()).isEqualTo(Concurrency.ONE);
        assertThat(start.environment())
                .containsEntry("SSH_AUTH_SOCK", folder.resolve("agent.sock").toString());
        bed.set("2026-03-06T02:00:30Z");
        schedules.look();
        assertThat(bed.starts()).hasSize(2);
    }

    @Test
    void missedTimesStartItOnce() throws IOException {
        process(NIGHTLY.formatted("once")).look();
        bed.set("2026-03-09T12:00:00Z");
        Schedules later = process(NIGHTLY.formatted("once"));
        later.look();
        later.look();
        assertThat(bed.starts()).hasSize(1);
        assertThat(bed.starts().get(0).key()).contains("schedule:nightly 2026-03-09T02:00:00Z");
    }

    @Test
    void orNotAtAll() throws IOException {
        process(NIGHTLY.formatted("skip")).look();
        bed.set("2026-03-09T12:00:00Z");
        Schedules later = process(NIGHTLY.formatted("skip"));
        later.look();
        assertThat(bed.starts()).isEmpty();
        bed.set("2026-03-10T02:00:20Z");
        later.look();
        assertThat(bed.starts()).hasSize(1);
    }

    @Test
    void aProcessThatIsKilledBetweenStartAndFileStartsNothingTwice() throws IOException {
        process(NIGHTLY.formatted("once")).look();
        byte[] before = Files.readAllBytes(folder.resolve("schedules.json"));
        bed.set("2026-03-05T02:00:00Z");
        process(NIGHTLY.formatted("once")).look();
        Files.write(folder.resolve("schedules.json"), before);
        bed.pass(Duration.ofSeconds(20));
        process(NIGHTLY.formatted("once")).look();
        assertThat(bed.starts()).hasSize(1);
    }

    @Test
    void anotherScheduleBeginsNow() throws IOException {
        process(NIGHTLY.formatted("once")).look();
        bed.set("2026-03-05T12:00:00Z");
        process(NIGHTLY.formatted("once").replace("0 3", "0 4")).look();
        assertThat(bed.starts()).isEmpty();
    }

    @Test
    void aFullQueueIsTriedAgainAndOtherTroublesAreNot() throws IOException {
        Schedules schedules = process(NIGHTLY.formatted("once"));
        schedules.look();
        bed.set("2026-03-05T02:00:00Z");
        bed.refuse(new QueueFullException("full"));
        schedules.look();
        bed.refuse(null);
        bed.pass(Duration.ofMinutes(3));
        schedules.look();
        assertThat(bed.starts()).hasSize(1);
        bed.refuse(new IllegalStateException("broken"));
        bed.set("2026-03-06T02:00:00Z");
        schedules.look();
        bed.refuse(null);
        schedules.look();
        assertThat(bed.starts()).hasSize(1);
    }

    @Test
    void aScheduleOfEachMinuteThatMissedAYearIsSoonThrough() throws IOException {
        String each = "often: {command: [exec, x], schedule: {cron: '* * * * *'}}";
        process(each).look();
        bed.set("2027-03-04T05:06:40Z");
        process(each).look();
        assertThat(bed.starts())
                .extracting(start -> start.key().orElseThrow())
                .isEqualTo(List.of("schedule:often 2027-03-04T05:06:00Z"));
    }

    @Test
    void aBrokenFileIsBegunAnew() throws IOException {
        Files.writeString(folder.resolve("schedules.json"), "{\"nightly\": {\"until\": 1");
        Schedules schedules = process(NIGHTLY.formatted("once"));
        schedules.look();
        bed.set("2026-03-05T02:00:01Z");
        schedules.look();
        assertThat(bed.starts()).hasSize(1);
    }
}
