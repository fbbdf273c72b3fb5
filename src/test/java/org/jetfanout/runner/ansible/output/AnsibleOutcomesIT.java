package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Ansibles.Ansible;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The outcomes of hosts with the real ansible, of each version that this machine has. {@link
 * AnsibleReaderTest} holds the same rows with recordings of several versions.
 */
final class AnsibleOutcomesIT {
    @TempDir Path home;

    @TestFactory
    Stream<DynamicTest> eachHostHasItsOutcome() throws IOException {
        List<OutcomeCase> cases = OutcomeCase.all();
        assertThat(cases).hasSizeGreaterThan(35);
        Path bundle = home.resolve("bundle");
        AnsibleRun.unpack(bundle);
        return Ansibles.all().stream()
                .flatMap(
                        ansible ->
                                cases.stream()
                                        .map(
                                                one ->
                                                        DynamicTest.dynamicTest(
                                                                ansible + ": " + one.name(),
                                                                () -> run(one, bundle, ansible))));
    }

    private void run(OutcomeCase one, Path bundle, Ansible ansible) throws Exception {
        AnsibleRun run = AnsibleRun.of(one, bundle, ansible);
        if (Boolean.getBoolean("ansible.record")) {
            run.record(one.name());
        }
        one.check(run);
        try (Stream<Path> left = Files.list(home.resolve(".jet-fanout/cp"))) {
            assertThat(left).as("folders of sockets").isEmpty();
        }
    }
}
