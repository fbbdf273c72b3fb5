package org.jetfanout.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A process of this machine, of whatever parent, as it was when we looked. All tests and the rest
 * of the machine share its processes. So a test asks only for those that belong to its own homes or
 * came through its own sshd.
 *
 * @param id its process id
 * @param commandLine its words, with a space between two
 * @param environment its variables, each with a zero byte before and behind it. A connection of ssh
 *     in the background has none: it writes its title over them
 * @param folder where it works; empty if nobody may know
 */
public record MachineProcess(long id, String commandLine, String environment, String folder) {
    /** All processes but this one. */
    public static List<MachineProcess> all() {
        try (Stream<Path> found = Files.list(Path.of("/proc"))) {
            return found.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .map(MachineProcess::of)
                    .filter(process -> process.id != ProcessHandle.current().pid())
                    .filter(process -> !process.commandLine.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MachineProcess of(Path path) {
        return new MachineProcess(
                Long.parseLong(path.getFileName().toString()),
                content(path.resolve("cmdline")).replace('\0', ' ').strip(),
                "\0" + content(path.resolve("environ")) + "\0",
                target(path.resolve("cwd")));
    }

    /** Empty for a process that has ended, and for one of somebody else's. */
    private static String content(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether its home, its folder or a word of its command line is this home or below it. */
    public boolean belongsTo(Path home) {
        return below(home, folder)
                || Stream.of(environment.split("\0", -1))
                        .anyMatch(
                                word ->
                                        word.startsWith("HOME=")
                                                && below(home, word.substring("HOME=".length())))
                || names(home);
    }

    private static boolean below(Path home, String path) {
        return path.equals(home.toString()) || path.startsWith(home + "/");
    }

    /** With a letter or digit behind it, it is another home: 127.0.1.1 and 127.0.1.12. */
    private boolean names(Path home) {
        String path = home.toString();
        int at = commandLine.indexOf(path);
        while (at >= 0) {
            int end = at + path.length();
            if (end == commandLine.length()
                    || !Character.isLetterOrDigit(commandLine.charAt(end))) {
                return true;
            }
            at = commandLine.indexOf(path, end);
        }
        return false;
    }

    /** Whether it was started by a login at this address and port, however long ago. */
    public boolean cameThrough(String address, int port) {
        String end = " " + (address.equals("0.0.0.0") ? "" : address + " ") + port;
        return Stream.of(environment.split("\0", -1))
                .anyMatch(word -> word.startsWith("SSH_CONNECTION=") && word.endsWith(end));
    }

    /**
     * Kills all such processes, also frozen ones and those that they start meanwhile. Fails if some
     * cannot be killed.
     */
    public static void kill(Predicate<MachineProcess> such) {
        Waiting.untilNone(
                "processes are left that cannot be killed",
                () -> {
                    List<MachineProcess> left = all().stream().filter(such).toList();
                    left.forEach(
                            process ->
                                    ProcessHandle.of(process.id)
                                            .ifPresent(ProcessHandle::destroyForcibly));
                    return left;
                });
    }

    @Override
    public String toString() {
        return id + " " + commandLine;
    }
}
