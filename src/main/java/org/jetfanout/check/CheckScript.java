package org.jetfanout.check;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jetfanout.job.JobScript;
import org.jetfanout.job.Nonce;
import org.jetfanout.runner.ShellWords;

/**
 * Makes the command line that finds out whether a worker is fit for a job. The command is a script
 * of its own, quoted for the login shell. It changes nothing on the worker. {@link CheckReply}
 * reads its answer. Pure functions.
 */
public final class CheckScript {
    private static final String SCRIPT =
            JobScript.resource("here.sh") + JobScript.resource("check.sh");

    private CheckScript() {}

    /**
     * The command line.
     *
     * @param nonce appears in every line of the answer
     * @param path the PATH that the job would get; empty for the PATH of the login
     * @param version words of the command line that prints the runner's version
     * @param trial shell lines that print what else is missing, a line each; or empty
     * @param needs further programs that the runner needs
     */
    public static String command(
            Nonce nonce, String path, List<String> version, String trial, List<String> needs) {
        List<String> words = new ArrayList<>(List.of("jet-fanout", "check"));
        words.addAll(nonce.words());
        words.addAll(List.of(path, ShellWords.command(version), trial));
        words.addAll(ShellWords.programs(version));
        words.addAll(needs);
        return "exec sh -c "
                + ShellWords.quote(SCRIPT)
                + words.stream().map(ShellWords::quote).collect(Collectors.joining(" ", " ", ""));
    }
}
