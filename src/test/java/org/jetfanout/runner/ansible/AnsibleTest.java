package org.jetfanout.runner.ansible;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What check asks of a worker's ansible. */
class AnsibleTest {
    private static List<Ansibles.Ansible> ansibles() {
        return Ansibles.all();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void theVersionOfTheRealOne(Ansibles.Ansible ansible) {
        String printed =
                Programs.run(
                                Map.of("LC_ALL", "C.UTF-8"),
                                ansible.playbook().toString(),
                                "--version")
                        .output();
        assertThat(Ansible.RUNNER.version(printed))
                .startsWith("ansible-playbook [core " + ansible.version() + "]")
                .containsPattern(", Python 3\\.\\d+");
        assertThat(Ansible.RUNNER.refusal(printed)).isEmpty();
    }

    @Test
    void oldOnesAreRefused() {
        assertThat(Ansible.RUNNER.refusal("ansible-playbook 2.7.18\n  config file = None"))
                .hasValueSatisfying(text -> assertThat(text).contains("2.7 is too old"));
        assertThat(Ansible.RUNNER.refusal("ansible-playbook 2.9.27\n")).isEmpty();
        assertThat(Ansible.RUNNER.refusal("ansible-playbook [core 2.20.1]\n")).isEmpty();
        assertThat(Ansible.RUNNER.refusal("something else")).isEmpty();
    }

    @Test
    void thisMachineHasWhatAnsibleNeeds() {
        Programs.Result said = Programs.run(Map.of(), "sh", "-c", Ansible.RUNNER.trial());
        assertThat(said.output()).isEmpty();
    }
}
