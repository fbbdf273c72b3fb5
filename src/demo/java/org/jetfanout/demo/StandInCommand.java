package org.jetfanout.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;

/**
 * The command line with which the demo's workers start the stand-in for jetp.
 *
 * @param words of the command line
 */
record StandInCommand(List<String> words) {
    private static final String NAME = "org/jetfanout/demo/StandInJetp.class";

    /**
     * Prepares the command in the demo's folder. It uses this JVM's java and class path, and copies
     * them where the account cannot read them.
     */
    static StandInCommand of(Path folder, Account account) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<Path> classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> Path.of(entry).toAbsolutePath())
                        .filter(Files::exists)
                        .toList();
        if (account.isOther()) {
            if (!account.canUse(java, List.of())) {
                throw new ConfigurationException(
                        "the demo was started by root, its workers by an ordinary account that"
                                + " cannot run "
                                + java
                                + ": use a JDK that all may run, or start the demo as another"
                                + " user");
            }
            if (!account.canUse(java, classPath.stream().map(StandInCommand::sample).toList())) {
                classPath = copies(classPath, Files.createDirectory(folder.resolve("lib")));
            }
        }
        List<String> arguments = new ArrayList<>();
        // the program works for a second: the quick compiler is enough, and a collector with
        // threads would be a waste
        arguments.add("-XX:TieredStopAtLevel=1");
        arguments.add("-XX:+UseSerialGC");
        arguments.add("-XX:-UsePerfData");
        arguments.add("-Xmx128m");
        // the launcher sets this, too
        arguments.add("-Djdk.serialFilter=!*");
        arguments.add("-Xlog:disable");
        arguments.add("-Xlog:all=error:stderr");
        arguments.addAll(classData());
        arguments.add("-cp");
        arguments.add(
                classPath.stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)));
        Path file = folder.resolve("stand-in-for-jetp");
        Files.write(file, arguments.stream().map(StandInCommand::quoted).toList());
        return new StandInCommand(
                List.of(java.toString(), "@" + file, StandInJetp.class.getName()));
    }

    /**
     * The option for the launcher's class-data archive, if there is one. It fits this program as
     * well.
     */
    private static List<String> classData() {
        return Stream.ofNullable(System.getProperty("jetfanout.archive")).toList();
    }

    /** A file in an entry of the class path. Where it is readable, the whole entry is. */
    private static Path sample(Path entry) {
        Path own = entry.resolve(NAME);
        return Files.exists(own) ? own : entry;
    }

    private static List<Path> copies(List<Path> classPath, Path lib) throws IOException {
        List<Path> copies = new ArrayList<>();
        for (Path entry : classPath) {
            Path copy = lib.resolve(copies.size() + "-" + entry.getFileName());
            try (Stream<Path> all = Files.walk(entry)) {
                for (Path path : all.toList()) {
                    Path to = copy.resolve(entry.relativize(path).toString());
                    Files.copy(path, to);
                    to.toFile().setReadable(true, false);
                    to.toFile().setExecutable(Files.isDirectory(to), false);
                }
            }
            copies.add(copy);
        }
        return copies;
    }

    /** A line in one of java's argument files. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
