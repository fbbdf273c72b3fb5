package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        assertThat(programs.of("jetpack")).isEqualTo("/opt/jetp -v");
        assertThat(
                        new RunnerPrograms(Optional.of("/opt/x"), Optional.empty(), Map.of())
                                .of("jetpack"))
                .isEqualTo("/opt/x");
        RunnerPrograms both =
                new RunnerPrograms(Optional.of("/opt/jetp"), Optional.of("nice jetpack"), Map.of());
        assertThat(both.of("jetpack")).isEqualTo("nice jetpack");
    }

    @Test
    void jetFanOutItselfMakesAGateway() {
        assertThat(jetp("nice /opt/bin/jet-fanout --worker-config x.yml").isGateway()).isTrue();
        assertThat(jetp("/opt/jet-fanout/bin/jetp").isGateway()).isFalse();
        assertThat(RunnerPrograms.NONE.isGateway()).isFalse();
    }

    @Test
    void jetpackIsTheRunnerWhereSomethingCallsItSo() {
        assertThat(RunnerPrograms.NONE.jet()).isEmpty();
        assertThat(one("jetpack").jet()).hasValue("jetpack");
        assertThat(one("jetp").jet()).hasValue("jetp");
        assertThat(one("op run -- '/opt/bin/jetpack'").jet()).hasValue("jetpack");
        assertThat(one("ansible-playbook").jet()).isEmpty();
        assertThat(jetp("/opt/jetpack").jet()).hasValue("jetpack");
        assertThat(jetp("/opt/jetp").jet()).as("it may be Jetpack's second name").isEmpty();
        assertThat(
                        new RunnerPrograms(
                                        Optional.of("/opt/jetpack"), Optional.of("jetp"), Map.of())
                                .jet())
                .hasValue("jetp");
        assertThat(byName(Map.of("jetpack", "/opt/x")).jet()).hasValue("jetpack");
        assertThatThrownBy(() -> byName(Map.of("jetpack", "a", "jetp", "b")).jet())
                .hasMessageContaining("'runner' names jetp and jetpack");
    }

    private static RunnerPrograms jetp(String text) {
        return new RunnerPrograms(Optional.of(text), Optional.empty(), Map.of());
    }

    private static RunnerPrograms byName(Map<String, String> names) {
        return new RunnerPrograms(Optional.empty(), Optional.empty(), names);
    }

    @Test
    void aGroupSaysItForItselfAlone() {
        RunnerPrograms all =
                new RunnerPrograms(
                        Optional.of("jetp"), Optional.empty(), Map.of("exec", "a", "salt", "b"));
        RunnerPrograms own =
                new RunnerPrograms(Optional.empty(), Optional.empty(), Map.of("exec", "c"));
        assertThat(own.over(all).of("exec")).isEqualTo("c");
        assertThat(own.over(all).of("salt")).isEqualTo("b");
        assertThat(own.over(all).toString()).doesNotContain("\"c\"");
    }
}
