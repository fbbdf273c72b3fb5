package org.jetfanout.cli;

import java.nio.file.InvalidPathException;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.record.RecordException;

/** An exception that ended a command. */
final class CommandFailure {
    private CommandFailure() {}

    /**
     * Says why a command ended. Returns the exit code.
     *
     * @param args the command line
     */
    static int report(Exception e, List<String> args) {
        boolean traces = args.stream().anyMatch(word -> word.matches("-vv+"));
        if (traces) {
            e.printStackTrace();
        }
        if (e instanceof UsageException) {
            Main.say(e.getMessage() + " (see jet-fanout --help)");
            return ExitCode.USAGE.code();
        }
        if (e instanceof ConfigurationException) {
            Main.say(e.getMessage());
            return ExitCode.CONFIGURATION.code();
        }
        if (e instanceof InvalidPathException name) {
            Main.say(UnreadableTexts.ofThisJava().problem(name));
            return ExitCode.CONFIGURATION.code();
        }
        if (e instanceof RecordException) {
            // the message names the file and the cause; this is a fault of the disk, not of
            // jet-fanout
            Main.say(e.getMessage());
            return ExitCode.INTERNAL.code();
        }
        Main.say("internal error: " + e + (traces ? "" : " (-vv shows where)"));
        return ExitCode.INTERNAL.code();
    }
}
