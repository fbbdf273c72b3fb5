package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.jetfanout.ConfigurationException;
import org.jetfanout.testkit.PreparedSite;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runner has to say of workers.yml. */
final class PreparedTest {
    @TempDir private Path folder;

    @Test
    void warnsOfThreadsThatTheRunnerTakesOtherwise() throws IOException {
        assertThat(PreparedSite.write(folder, "jetp\n  threads: 1").warnings())
                .containsExactly(
                        folder
                                + "/workers.yml: threads: 1 of worker group 'wk' means one thread"
                                + " per CPU of the worker: jetp treats 1 this way");
        assertThat(PreparedSite.write(folder, "jetp\n  threads: 2").warnings()).isEmpty();
    }

    @Test
    void refusesTheVariableThatTheRunnerGets() {
        assertThatThrownBy(() -> PreparedSite.write(folder, "jetp\n  env: { JET_LOG: x }"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(folder + "/workers.yml:6: env: JET_LOG is set by jet-fanout itself");
    }
}
