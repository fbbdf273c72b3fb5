package org.jetfanout.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.record.Counts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIndexTest {
    private static final int MANY = 60;

    @TempDir private Path state;
    private final List<String> broken = new ArrayList<>();

    private Path runs() {
        return state.resolve("runs");
    }

    private Path index() {
        return state.resolve("runs.index");
    }

    /** One that has ended, unless its exit code is negative. */
    private Path run(int number, int exitCode) throws IOException {
        Path run = Files.createDirectories(runs().resolve("run-%03d".formatted(number)));
        Files.writeString(
                run.resolve("run.json"),
                "{\"guid\":\"x\",\"created\":\"%s\"}\n".formatted(begun(number)));
        if (exitCode >= 0) {
            Files.writeString(
                    run.resolve("summary.json"),
                    """
                    {"guid":"x","state":"ended","exitCode":%d,"totals":{"hosts":3,"ok":1,"changed":2,"failed":0,"unreachable":0,"unfinished":0},"workers":[]}
                    """
                            .formatted(exitCode));
        }
        return run;
    }

    private static Instant begun(int number) {
        return Instant.parse("2026-01-02T03:04:05.123456789Z").plusSeconds(number);
    }

    private List<RunLine> lines() {
        return new Runs(runs()).list((guid, e) -> broken.add(guid));
    }

    @Test
    void theSameWithAndWithoutIt() throws IOException {
        for (int n = 0; n < MANY; n++) {
            run(n, n % 7);
        }
        run(MANY, -1);
        List<RunLine> first = lines();
        assertThat(index()).exists();
        assertThat(Files.getPosixFilePermissions(index())).hasSize(2);
        assertThat(lines()).isEqualTo(first).hasSize(MANY + 1);
        assertThat(first.get(0).state()).isEqualTo(RunState.INTERRUPTED);
        RunLine second = first.get(1);
        assertThat(second.guid()).isEqualTo("run-059");
        assertThat(second.created()).isEqualTo(begun(59));
        assertThat(second.exitCode()).hasValue(59 % 7);
        assertThat(second.totals()).isEqualTo(new Counts(3, 1, 2, 0, 0, 0));
        assertThat(new Runs(runs()).guids()).isEqualTo(first.stream().map(RunLine::guid).toList());
    }

    @Test
    void whatHasChangedIsReadAgain() throws IOException {
        for (int n = 0; n < MANY; n++) {
            run(n, 0);
        }
        lines();
        Path changed = run(5, 2).resolve("summary.json");
        Files.setLastModifiedTime(changed, FileTime.fromMillis(1));
        Files.delete(run(6, 0).resolve("summary.json"));
        for (Path file :
                List.of(
                        runs().resolve("run-007/summary.json"),
                        runs().resolve("run-007/run.json"))) {
            Files.delete(file);
        }
        Files.delete(runs().resolve("run-007"));
        run(100, 4);
        List<RunLine> now = lines();
        assertThat(now).hasSize(MANY).first().extracting(RunLine::guid).isEqualTo("run-100");
        assertThat(now)
                .filteredOn(line -> line.guid().equals("run-005"))
                .singleElement()
                .satisfies(line -> assertThat(line.exitCode()).hasValue(2));
        assertThat(now)
                .filteredOn(line -> line.guid().equals("run-006"))
                .singleElement()
                .satisfies(line -> assertThat(line.state()).isEqualTo(RunState.INTERRUPTED));
        assertThat(now).noneMatch(line -> line.guid().equals("run-007"));
    }

    @Test
    void rubbishInItDoesNoHarm() throws IOException {
        for (int n = 0; n < MANY; n++) {
            run(n, 0);
        }
        List<RunLine> first = lines();
        String whole = Files.readString(index());
        for (String rubbish :
                List.of(
                        "",
                        "x",
                        "\n\n",
                        whole.substring(0, 333),
                        whole.replace(" 3 ", " x "),
                        whole.replace('.', ' '),
                        "ä\u0000")) {
            Files.writeString(index(), rubbish);
            assertThat(lines()).as(rubbish).isEqualTo(first);
        }
    }

    @Test
    void oneThatIsBrokenHidesNoOther() throws IOException {
        run(1, 0);
        Files.writeString(run(2, -1).resolve("plan.json"), "{");
        assertThat(lines()).extracting(RunLine::guid).containsExactly("run-001");
        assertThat(broken).containsExactly("run-002");
    }

    @Test
    void noRunsAtAll() {
        assertThat(lines()).isEmpty();
        assertThat(index()).doesNotExist();
    }
}
