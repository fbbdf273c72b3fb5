package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The outcomes of hosts with the real ansible: Debian's, and those that the environment variable
 * JET_TEST_ANSIBLES names (paths of ansible-playbook, with colons between). {@link
 * AnsibleReaderTest} holds the same rows with recordings of several versions.
 */
final class AnsibleOutcomesIT {
    @TempDir Path home;

    /** The programs to test with. */
    static List<String> programs() {
        List<String> programs = new ArrayList<>(List.of("ansible-playbook"));
        String others = System.getenv("JET_TEST_ANSIBLES");
        if (others != null && !others.isEmpty()) {
            programs.addAll(List.of(others.split(":", -1)));
        }
        return programs;
    }

    @TestFactory
    Stream<DynamicTest> eachHostHasItsOutcome() throws IOException {
        List<OutcomeCase> cases = OutcomeCase.all();
        assertThat(cases).hasSizeGreaterThan(35);
        Path bundle = home.resolve("bundle");
        AnsibleRun.unpack(bundle);
        return programs().stream()
                .flatMap(
                        program ->
                                cases.stream()
                                        .map(
                                                one ->
                                                        DynamicTest.dynamicTest(
                                                                program + " " + one.name(),
                                                                () -> run(one, bundle, program))));
    }

    private void run(OutcomeCase one, Path bundle, String program) throws Exception {
        AnsibleRun run = AnsibleRun.of(one, bundle, program);
        if (Boolean.getBoolean("ansible.record")) {
            run.record(one.name());
        }
        one.check(run);
        try (Stream<Path> left = Files.list(home.resolve(".jet-fanout/cp"))) {
            assertThat(left).as("folders of sockets").isEmpty();
        }
    }
}
