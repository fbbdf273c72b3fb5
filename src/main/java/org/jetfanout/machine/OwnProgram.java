package org.jetfanout.machine;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This program, started once more with another command line. Pure functions. */
public final class OwnProgram {
    private static final String MAIN = "org.jetfanout.cli.Main";

    private OwnProgram() {}

    /**
     * A process of this program.
     *
     * @param before words before the program itself, such as {@code setsid}
     * @param runs the folder with the records that it works on: jet-fanout/runs in a folder for
     *     state
     * @param words its command line
     */
    public static ProcessBuilder process(List<String> before, Path runs, List<String> words) {
        List<String> command = new ArrayList<>(before);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
        command.addAll(words);
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment()
                .put("XDG_STATE_HOME", runs.toAbsolutePath().getParent().getParent().toString());
        return process;
    }
}
