package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete;
import picocli.CommandLine;

/** What shells are told of the command line. */
class CompletionTest {
    @TempDir Path folder;

    private final CommandLine program = Main.program(name -> true);

    /** By bash itself, which asks the script as it does at the key Tab. */
    @Test
    void bashCompletesCommandsAndOptions() throws IOException {
        Path script =
                Files.writeString(
                        folder.resolve("completion"), AutoComplete.bash(Main.NAME, program));
        assertThat(complete(script, "jet-fanout stat")).containsExactly("status");
        assertThat(complete(script, "jet-fanout logs --fol")).containsExactly("--follow");
        assertThat(complete(script, "jet-fanout --work")).containsExactly("--worker-config");
    }

    private static String[] complete(Path script, String typed) {
        String words = typed;
        int last = words.split(" ", -1).length - 1;
        return Programs.ok(
                        "bash",
                        "-c",
                        """
                        . "$1"
                        COMP_WORDS=($2) COMP_CWORD=$3 COMP_LINE=$2 COMP_POINT=${#2}
                        _complete_jet-fanout 2>/dev/null
                        printf '%s\\n' "${COMPREPLY[@]}"
                        """,
                        "bash",
                        script.toString(),
                        words,
                        Integer.toString(last))
                .strip()
                .split("\\s+", -1);
    }

    /** Each command and each option is one line, whose text in quotes has no quote of its own. */
    @Test
    void fishGetsEachCommandAndOption() {
        String script = FishCompletion.of(program);
        assertThat(script.lines())
                .allSatisfy(
                        line ->
                                assertThat(line)
                                        .matches(
                                                "complete -c jet-fanout"
                                                        + "( -e| (-f )?-n (__fish_use_subcommand|'__fish_seen_subcommand_from [a-z-]+')"
                                                        + "( -a [a-z-]+| -[lso] [A-Za-z0-9-]+)+( -x| -r -F)? -d '([^'\\\\]|\\\\.)*')"));
        program.getSubcommands()
                .keySet()
                .forEach(name -> assertThat(script).contains(" -a " + name + " -d '"));
        assertThat(script)
                .contains("-n '__fish_seen_subcommand_from logs' -s f -l follow -d ")
                .contains("-l worker-config -r -F -d ");
    }
}
