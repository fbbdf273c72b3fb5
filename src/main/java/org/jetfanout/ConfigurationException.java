package org.jetfanout;

import java.nio.file.Path;
import org.jetfanout.text.Quoted;

/**
 * Bad input: an inventory, playbook, workers.yml, route or option that cannot be used. Its message
 * is the one line that the user sees: what is wrong, where (file and line, where there are any),
 * what to do. Ends the program with {@link ExitCode#CONFIGURATION}.
 */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error that names no file. The message is one line. */
    public ConfigurationException(String message) {
        super(message);
    }

    /** An error at a line of a file. Lines count from 1. */
    public static ConfigurationException at(Path file, int line, String message) {
        return new ConfigurationException(shown(file) + ":" + line + ": " + message);
    }

    /** An error that concerns a whole file. */
    public static ConfigurationException at(Path file, String message) {
        return new ConfigurationException(shown(file) + ": " + message);
    }

    /** The path as text. It is quoted where it could be misread. */
    private static String shown(Path file) {
        String text = file.toString();
        boolean clear = !text.isEmpty() && text.equals(text.strip());
        return clear ? Quoted.visible(text) : Quoted.of(text);
    }

    /** An error of a route that a message passed without one of its packaged steps. */
    public static ConfigurationException missed(String route, String step) {
        return new ConfigurationException(
                "route %s did not pass 'ref: %s' where it must. docs/routes.md says what each route must do"
                        .formatted(route, step));
    }
}
