package org.jetfanout.runner.ansible;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which Python has the control machine's ansible. */
class InterpreterTest {
    @TempDir Path folder;

    private Path program(String text) throws IOException {
        return Programs.write(folder.resolve("ansible-playbook"), text);
    }

    private Interpreter of(String text) throws IOException {
        return Interpreter.of(Optional.of(program(text)), Map.of());
    }

    @Test
    void theFirstLineNamesIt() throws IOException {
        assertThat(of("#!/opt/venv/bin/python3.11\nx\n").words())
                .containsExactly("/opt/venv/bin/python3.11");
        assertThat(of("#!/usr/bin/python3 -sP\nx\n").words())
                .containsExactly("/usr/bin/python3", "-sP");
        assertThat(of("#!/usr/bin/env python3\nx\n").words()).containsExactly("python3");
        assertThat(of("#!/usr/bin/env -S python3 -s\nx\n").words())
                .containsExactly("python3", "-s");
        assertThat(of("#!/bin/sh\n'''exec' \"/a long/bin/python3\" \"$0\" \"$@\"\n' '''\n").words())
                .containsExactly("/a long/bin/python3");
    }

    @Test
    void aWrapperIsAskedForItsVersion() throws IOException {
        Interpreter found =
                of(
                        """
                        #!/bin/sh
                        cat <<'END'
                        ansible-playbook [core 2.14.18]
                          ansible python module location = /opt/x/site-packages/ansible
                          python version = 3.11.2 (main, Apr 28 2025) [GCC 12.2.0] (/opt/x/python3)
                        END
                        """);
        assertThat(found)
                .isEqualTo(
                        new Interpreter(
                                List.of("/opt/x/python3"), Optional.of("/opt/x/site-packages")));
        assertThatThrownBy(() -> of("#!/bin/sh\necho something else\n"))
                .hasMessageContaining("something else");
    }

    @Test
    void noneOnThePathSaysWhatToDo() throws IOException {
        assertThatThrownBy(() -> Interpreter.of(Optional.empty(), Map.of("PATH", "/nowhere")))
                .hasMessageContaining("--ansible FILE");
        assertThatThrownBy(() -> Interpreter.of(Optional.of(Path.of("/nowhere/x")), Map.of()))
                .hasMessageContaining("/nowhere/x");
        program("#!/usr/bin/python3\n");
        assertThat(Interpreter.of(Optional.empty(), Map.of("PATH", "/nowhere:" + folder)).words())
                .containsExactly("/usr/bin/python3");
    }
}
