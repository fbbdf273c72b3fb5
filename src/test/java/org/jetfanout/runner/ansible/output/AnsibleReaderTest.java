package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The outcomes of hosts, from recordings of real runs of several versions of ansible. */
final class AnsibleReaderTest {
    @TestFactory
    Stream<DynamicTest> eachHostHasItsOutcome() throws IOException {
        assertThat(AnsibleRun.recorded()).hasSizeGreaterThan(1);
        List<DynamicTest> tests = new ArrayList<>();
        for (String version : AnsibleRun.recorded()) {
            for (OutcomeCase one : OutcomeCase.all()) {
                tests.add(
                        DynamicTest.dynamicTest(
                                one.name() + " with " + version,
                                () -> one.check(AnsibleRun.recording(version, one.name()))));
            }
        }
        return tests.stream();
    }
}
