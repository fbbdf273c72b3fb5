package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunnerProgramsTest {
    private static RunnerPrograms one(String runner) {
        return new RunnerPrograms(Optional.empty(), Optional.of(runner), Map.of());
    }

    @Test
    void eachRunnerIsCalledByItsNameWhereNothingIsSaid() {
        assertThat(RunnerPrograms.NONE.of("jetp")).isEqualTo("jetp");
        assertThat(RunnerPrograms.NONE.of("jetpack")).isEqualTo("jetpack");
        assertThat(RunnerPrograms.NONE.of("ansible-playbook")).isEqualTo("ansible-playbook");
        assertThat(RunnerPrograms.NONE.of("exec")).isEqualTo("ssh");
        assertThat(RunnerPrograms.NONE.of("salt-ssh")).isEqualTo("salt-ssh");
    }

    @Test
    void aTextIsForTheRunnerThatItsWordsName() {
        RunnerPrograms programs = one("nice '/opt/my venv/ansible-playbook' --diff");
        assertThat(programs.of("ansible-playbook"))
                .isEqualTo("nice '/opt/my venv/ansible-playbook' --diff");
        assertThat(programs.of("jetp")).isEqualTo("jetp");
        assertThat(one("/usr/bin/ssh -F x").of("exec")).isEqualTo("/usr/bin/ssh -F x");
    }

    @Test
    void jetpIsTheCommandLineOfJetpackToo() {
        RunnerPrograms programs =
                new RunnerPrograms(Optional.of("/opt/jetp -v"), Optional.of("jetpack"), Map.of());
        assertThat(programs.of("jetp")).isEqualTo("/opt/jetp -v");
        assertThat(programs.of("jetpack")).isEqualTo("jetpack");
        assertThat(new RunnerPrograms(Optional.of("/opt/x"), Optional.empty(), Map.of()).of("jetpack"))
                .isEqualTo("/opt/x");
    }

    @Test
    void aGroupSaysItForItselfAlone() {
        RunnerPrograms all =
                new RunnerPrograms(
                        Optional.of("jetp"), Optional.empty(), Map.of("exec", "a", "salt", "b"));
        RunnerPrograms own = new RunnerPrograms(Optional.empty(), Optional.empty(), Map.of("exec", "c"));
        assertThat(own.over(all).of("exec")).isEqualTo("c");
        assertThat(own.over(all).of("salt")).isEqualTo("b");
        assertThat(own.over(all).toString()).doesNotContain("\"c\"");
    }
}
