package org.jetfanout.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What a command line may name that somebody else has written. */
final class NamedFilesTest {
    private static final String RUN =
            "--playbook ROOT/pb.yml --inventory ROOT/inv --worker-config ROOT/workers.yml";
    private static final String EXEC = "-i ROOT/inv --worker-config ROOT/workers.yml ";

    @TempDir private Path folder;
    private Path root;

    @BeforeEach
    void site() throws IOException {
        root = Files.createDirectories(folder.resolve("root"));
        write("root/inv/groups/web", "hosts: [ h1 ]\n");
        write("root/inv/groups/wk", "hosts: [ w1 ]\n");
        write("root/pb.yml", "- { name: p, groups: [ web ], tasks: [ !shell { cmd: a } ] }\n");
        write("root/workers.yml", "workers: { map: [ { from: web, to: wk } ] }\n");
        write("root/vars.yml", "a: 1\n");
        write("root/script", "#!/bin/sh\n");
        write("outside/secret", "root:x:y\n");
        Files.createDirectories(root.resolve("roles"));
        Files.createDirectories(root.resolve("routes"));
        Files.createSymbolicLink(root.resolve("link"), folder.resolve("outside/secret"));
        Files.createSymbolicLink(root.resolve("out"), folder.resolve("outside"));
        Files.createSymbolicLink(root.resolve("nowhere"), folder.resolve("outside/later"));
        Files.createSymbolicLink(folder.resolve("way"), root);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void check(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.strip().split(" +", -1)) {
            words.add(
                    word.replace("ROOT", root.toString())
                            .replace("OUT", folder.resolve("outside").toString())
                            .replace("WAY", folder.resolve("way").toString()));
        }
        RunBeside.check(words, Optional.of(NamedFiles.below(List.of(root))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                RUN,
                "ssh " + RUN + " -r ROOT/roles:ROOT/roles -m ROOT/roles -e @ROOT/vars.yml -e a=b",
                "check-ssh " + RUN + " --threads 3 -v --routes ROOT/routes --waves 10%,50% -q",
                "-p WAY/pb.yml -i WAY/inv --worker-config WAY/../root/workers.yml",
                "exec " + EXEC + "-- cat /etc/passwd",
                "exec " + EXEC + "--sudo -u me cat relative",
                "script " + EXEC + "ROOT/script /etc/passwd",
                "copy " + EXEC + "ROOT/script /etc/motd",
                "ansible-playbook -i h1,h2 --worker-config ROOT/workers.yml ROOT/pb.yml -l web",
            })
    void whatLiesBelowARootMayBeNamed(String line) {
        assertThatCode(() -> check(line)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-p OUT/secret -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/pb.yml:OUT/secret -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/link -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/out/secret -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/nowhere -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/../outside/secret -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/missing/../../outside/secret -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p pb.yml -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ~/pb.yml -i ROOT/inv --worker-config ROOT/workers.yml",
                "-p ROOT/pb.yml -i OUT --worker-config ROOT/workers.yml",
                "-p ROOT/pb.yml -i ROOT/inv --worker-config OUT/secret",
                RUN + " -e @OUT/secret",
                RUN + " -e @/dev/stdin",
                RUN + " -r OUT",
                RUN + " -r ROOT/roles:OUT",
                RUN + " -m OUT",
                RUN + " --routes OUT",
                RUN + " --sink-config OUT/secret",
                RUN + " --broker-config OUT/secret",
                RUN + " --broker tcp://elsewhere:61616",
                RUN + " --metrics 9000",
                RUN + " --config OUT/secret",
                RUN + " --between-waves id --waves 10%",
                "exec " + EXEC + "--hosts-file OUT/secret -- id",
                "script " + EXEC + "OUT/secret",
                "script " + EXEC + "script",
                "copy " + EXEC + "OUT/secret /tmp/x",
                "copy " + EXEC + "/proc/self/environ /tmp/x",
                "with " + "../outside " + EXEC,
                "with " + "/etc " + EXEC,
                "with x --runners OUT " + EXEC,
                "ansible-playbook -i ROOT/inv --worker-config ROOT/workers.yml OUT/secret",
                "ansible-playbook -i ROOT/inv --worker-config ROOT/workers.yml a.b.c",
                "ansible-playbook -i OUT/secret --worker-config ROOT/workers.yml ROOT/pb.yml",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml -l @OUT/secret",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml -l web:@OUT/x",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml -e @OUT/secret",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml --vault-id a@OUT/secret",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml --vault-password-file OUT/s",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml --become-pass-file OUT/s",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml --ansible OUT/secret",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml -M OUT",
                "ansible-playbook -i h1, --worker-config ROOT/workers.yml ROOT/pb.yml --private-key OUT/secret",
            })
    void whatLiesElsewhereIsRefusedBeforeItIsRead(String line) {
        assertThatThrownBy(() -> check(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("root:x:y")
                .hasMessageMatching(
                        "(?s).*(not below a folder of 'roots'|must be absolute|not for others|no name of"
                                + " a runner).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status last",
                "plan " + RUN,
                "plan exec " + EXEC + "-- id",
                "runs",
                "demo",
                "serve --config ROOT/x",
                "nothing",
                "--help",
                "exec --help",
                "--version",
            })
    void whatStartsNoRunIsRefused(String line) {
        assertThatThrownBy(() -> check(line)).isInstanceOf(ConfigurationException.class);
    }

    /** A new option must be judged: until then it is refused. */
    @Test
    void everyOptionOfEveryRunIsKnown() {
        CommandLine program = Main.program(name -> true);
        List<CommandLine> lines = new ArrayList<>(List.of(program));
        program.getSubcommands().values().stream()
                .filter(line -> line.getCommandSpec().userObject() instanceof StartsRun)
                .forEach(lines::add);
        assertThat(lines).hasSizeGreaterThan(4);
        List<String> unknown = new ArrayList<>();
        for (CommandLine line : lines) {
            String command = line.getCommandSpec().name();
            for (OptionSpec option : line.getCommandSpec().options()) {
                if (!NamedFiles.knows(command, option)) {
                    unknown.add(command + " " + option.longestName());
                }
            }
            for (PositionalParamSpec positional : line.getCommandSpec().positionalParameters()) {
                if (!NamedFiles.knows(command, positional)) {
                    unknown.add(command + " " + positional.paramLabel());
                }
            }
        }
        assertThat(unknown).isEmpty();
    }
}
