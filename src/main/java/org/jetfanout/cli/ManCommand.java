package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jetfanout.ExitCode;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code man}: prints the manual page of a command. */
@Command(
        name = "man",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the manual page of a command, for man: jet-fanout man exec | man -l -"
        })
final class ManCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "COMMAND",
            description = "The command (default: jet-fanout itself).")
    private String command;

    @Option(
            names = "--all",
            paramLabel = "DIR",
            description = "Write the pages of all commands to this folder.")
    private Path all;

    @Override
    public Integer call() throws IOException {
        CommandLine program = Main.program(name -> true);
        if (all != null) {
            writeAll(program);
            return ExitCode.OK.code();
        }
        CommandLine wanted = command == null ? program : program.getSubcommands().get(command);
        if (wanted == null) {
            throw new UsageException(
                    "%s is not a command%s"
                            .formatted(
                                    Quoted.of(command),
                                    NearestName.hint(command, program.getSubcommands().keySet())));
        }
        System.out.print(page(command, wanted));
        return ExitCode.OK.code();
    }

    private void writeAll(CommandLine program) throws IOException {
        Files.writeString(all.resolve(Main.NAME + ".1"), page(null, program));
        for (var command : program.getSubcommands().entrySet()) {
            Files.writeString(
                    all.resolve("%s-%s.1".formatted(Main.NAME, command.getKey())),
                    page(command.getKey(), command.getValue()));
        }
    }

    private static String page(String command, CommandLine line) {
        return new ManPage(
                        command == null ? Main.NAME : Main.NAME + " " + command,
                        line.getCommandSpec())
                .text();
    }
}
