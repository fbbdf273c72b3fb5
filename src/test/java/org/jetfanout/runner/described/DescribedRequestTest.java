package org.jetfanout.runner.described;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.runner.exec.ChosenHosts;
import org.jetfanout.runner.exec.ExecOptions;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run keeps of a described runner. */
class DescribedRequestTest {
    private static final String DESCRIPTION =
            """
            command: [ loop, "{hosts_file}", "-o{ssh_option}", "{args}", "{sudo_user|nobody}" ]
            version: [ loop, --version ]
            needs: [ awk ]
            files: [ bin ]
            output: plain_events
            """;

    @TempDir private Path folder;
    private DescribedRequest request;

    @BeforeEach
    void describe() throws IOException {
        Path runner = Files.createDirectories(folder.resolve("runners/loop/bin"));
        Files.writeString(runner.resolveSibling("runner.yml"), DESCRIPTION);
        Files.writeString(runner.resolveSibling("notes"), "do not travel");
        Path tool = Files.writeString(runner.resolve("tool"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        request =
                DescribedRequest.of(
                        "loop",
                        List.of(folder.resolve("none"), folder.resolve("runners")),
                        new ChosenHosts(List.of(), List.of("h1", "h2"), HostLimits.none()),
                        List.of("a b", "$(c)"),
                        ExecOptions.of("me"));
    }

    private static ObjectNode record(WorkRequest request) {
        ObjectNode record = new ObjectMapper().valueToTree(request.toRecord());
        return record.put(Runners.KEY, request.runner().name());
    }

    @Test
    void theRecordHasTheWholeDescriptionAndTheRunACopyOfTheFiles() throws IOException {
        DescribedRequest kept = request.keptIn(folder.resolve("run"));
        ObjectNode record = record(kept);
        Files.writeString(folder.resolve("runners/loop/runner.yml"), "nonsense");
        Runner runner = Runners.of(record);
        assertThat(runner.name()).isEqualTo("loop");
        DescribedRequest read = (DescribedRequest) runner.request(record, Path.of("/elsewhere"));
        assertThat(read.toRecord()).isEqualTo(kept.toRecord());
        assertThat(read.definition().text()).isEqualTo(DESCRIPTION);
        Path copy = read.folder().resolve("bin/tool");
        assertThat(copy).startsWith(folder.resolve("run")).isExecutable().hasContent("#!/bin/sh\n");
        assertThat(Files.getPosixFilePermissions(read.folder()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(read.folder().resolve("notes")).doesNotExist();
        // the run has ended
        Programs.ok("rm", "-r", folder.resolve("run").toString());
        Programs.ok("rm", "-r", folder.resolve("runners").toString());

        DescribedRequest again = read.again(List.of("h2"), List.of());
        assertThat(again.hosts().named()).containsExactly("h2");
        assertThat(again.keptIn(folder.resolve("second")).folder().resolve("bin/tool"))
                .isExecutable()
                .hasContent("#!/bin/sh\n");
        assertThatThrownBy(() -> read.again(List.of("h2"), List.of("{}")))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void filesThatAreTooLargeForTheRecordAreThoseOfTheFolder() throws IOException {
        Files.write(folder.resolve("runners/loop/bin/large"), new byte[300 << 10]);
        ObjectNode record = record(request.keptIn(folder.resolve("run")));
        assertThat(record.path("runnerFiles")).isEmpty();
        Programs.ok("rm", "-r", folder.resolve("run").toString());
        DescribedRequest read =
                (DescribedRequest) Runners.of(record).request(record, Path.of("/elsewhere"));
        DescribedRequest again = read.again(List.of("h2"), List.of());
        assertThat(again.folder()).isEqualTo(folder.resolve("runners/loop"));
        Programs.ok("rm", "-r", folder.resolve("runners").toString());
        assertThatThrownBy(() -> read.again(List.of("h2"), List.of()))
                .hasMessageContaining("no such folder: it had the files of the runner loop");
    }

    @Test
    void workersYmlMayNameAnotherProgram() {
        Runner runner = request.runner();
        WorkerSettings usual = WorkerSettings.defaults();
        assertThat(runner.versionCommand(usual)).containsExactly("loop", "--version");
        assertThat(runner.needs(usual)).containsExactly("awk", "loop");
        assertThat(runner.version("\n  Loop 1.2  \nmore\n")).isEqualTo("loop: Loop 1.2");
        assertThat(runner.version("")).isEqualTo("loop");
        List<String> words =
                new WorkerCommand(request.definition(), request.arguments(), "me", 22).words(usual);
        assertThat(words)
                .startsWith("sh", "described.sh", WorkerCommand.MARK, "0", "loop")
                .contains(WorkerCommand.MARK + "/hosts/hosts", "-oStrictHostKeyChecking=yes")
                .endsWith("a b", "$(c)", "nobody");
    }

    @Test
    void aRunnerIsFoundByItsName() {
        List<Path> places = List.of(folder.resolve("runners"));
        assertThat(RunnerFolders.find("loop", places)).isEqualTo(places.get(0).resolve("loop"));
        for (String taken :
                List.of("jetp", "jetpack", "ansible-playbook", "exec", "script", "copy")) {
            assertThatThrownBy(() -> RunnerFolders.find(taken, places))
                    .hasMessageContaining("is a runner of jet-fanout's own");
        }
        for (String wrong : List.of("", ".", "..", "a/b", "Loop", "-x", "a b")) {
            assertThatThrownBy(() -> RunnerFolders.find(wrong, places))
                    .hasMessageContaining("cannot be the name of a runner");
        }
        assertThatThrownBy(() -> RunnerFolders.find("lopo", places))
                .hasMessageContaining("(nearest: 'loop')");
    }
}
