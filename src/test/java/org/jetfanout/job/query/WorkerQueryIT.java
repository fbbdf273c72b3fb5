package org.jetfanout.job.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.check.CheckBed;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.OpenSshServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that answer {@code status}, {@code clean} and their kin with whatever they like. */
@Timeout(300)
class WorkerQueryIT {
    private static final String GUID = "0a1b2c3d-0000-4000-8000-000000000001";

    /** Finds the number that makes its words count. */
    private static final String HEAD =
            """
            #!/bin/sh
            set -- $(printf %s "$SSH_ORIGINAL_COMMAND" | tr -d "'" | grep -oE '[0-9a-f]{32} [0-9]+ [0-9]+' | head -n 1)
            mark="jet-fanout $1 $(($2 + $3))"
            """;

    private static final String END = "echo \"$mark end exit=0 output=0:0 events=0:0\"\n";

    @TempDir Path folder;
    private CheckBed bed;
    private final List<Worker> workers = new ArrayList<>();

    @BeforeEach
    void makeBed() throws IOException {
        bed = new CheckBed(folder);
    }

    @AfterEach
    void closeBed() {
        bed.close();
    }

    /** A worker that runs this in place of what it is told. */
    private void liar(String script) throws IOException {
        Path home = bed.home();
        bed.program(home, "lie", HEAD.replaceFirst("#!/bin/sh\n", "") + script);
        add(home, "ForceCommand " + home.resolve("bin/lie"));
    }

    private void add(Path home, String... options) throws IOException {
        String name = "w" + (workers.size() + 1);
        OpenSshServer server = bed.worker(name, home, options);
        workers.add(
                new Worker(name, "wk", server.address(), server.port(), OpenSshServer.loginUser()));
    }

    private static JobStatus ended(String batch) {
        return new JobStatus(batch, JobStatus.State.ENDED, OptionalInt.of(0), 5, 0);
    }

    @Test
    void eachSpoilsItsOwnAnswerOnly() throws IOException {
        // what is no line of a status is nothing: escape codes, paths, numbers without end
        liar(
                "printf \"$mark job \\033[2J ended exit=0 output=1:1 events=1:1\\n\";"
                        + "echo \"$mark job ../../etc ended exit=0 output=1:1 events=1:1\";"
                        + "echo \"$mark job 0009 ended exit=0 output=99999999999999999999:1 events=1:1\";"
                        + "echo \"$mark job 0001 ended exit=0 output=5:1 events=0:0\";"
                        + END);
        // a number of another connection
        liar(
                "mark='jet-fanout 00000000000000000000000000000000 3'\necho \"$mark job 0001 ended\"\n"
                        + END);
        // it refuses, with words for a terminal
        liar("printf '\\033[31mno\\007\\n' >&2; exit 1");
        liar("yes 'job 0001 ended exit=0 output=5:1 events=0:0'");
        liar("head -c 1000000000 /dev/zero | tr '\\\\000' x");
        liar("yes >&2");
        Path honest = bed.home();
        Path job = honest.resolve(".jet-fanout/" + GUID + "/0001");
        bed.program(honest, "make", "cd && mkdir -p " + job + " && cd " + job);
        Files.createDirectories(job);
        Files.writeString(job.resolve("job"), "");
        Files.writeString(job.resolve("exit"), "exit=0 output=5:1 events=0:0 end\n");
        org.jetfanout.testkit.Programs.ok("chmod", "-R", "a+rwX", honest.toString());
        add(honest);

        try (WorkerQuery inquiry = new WorkerQuery(bed.ssh(), workers.size())) {
            lies(inquiry.status(GUID, workers));
            List<WorkerAnswer> cleaned =
                    inquiry.clean(GUID, workers).stream().map(WorkerQuery.Cleaned::before).toList();
            lies(cleaned);
            assertThat(job).doesNotExist();
        }
    }

    private static void lies(List<WorkerAnswer> answers) {
        assertThat(answers.get(0).trouble()).isEmpty();
        assertThat(answers.get(0).jobs()).containsExactly(ended("0001"));
        assertThat(answers.get(1).trouble()).startsWith("worker w2: no answer: ");
        assertThat(answers.get(2).trouble()).startsWith("worker w3: no answer: ").contains("no");
        for (int n : List.of(3, 4, 5)) {
            assertThat(answers.get(n).trouble())
                    .isEqualTo("worker w" + (n + 1) + ": the answer of the worker is too long");
        }
        assertThat(answers.get(6).trouble()).isEmpty();
        assertThat(answers.get(6).jobs()).containsExactly(ended("0001"));
        assertThat(answers)
                .allSatisfy(
                        answer ->
                                assertThat(answer.trouble())
                                        .doesNotContainPattern("\\p{Cntrl}")
                                        .hasSizeLessThan(1000));
        assertThat(answers.subList(1, 6)).allMatch(answer -> answer.jobs().isEmpty());
    }
}
