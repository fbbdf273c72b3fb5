package org.jetfanout.runner.ansible.output;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.runner.PlainText;

/**
 * Finds ansible's last error in its text: why it ended by itself before its last event. Memory is
 * bounded. Not thread-safe.
 */
final class FinalError {
    /** How an error begins, up to 2.18 and since. */
    private static final Pattern ERROR =
            Pattern.compile("(?:ERROR! |\\[ERROR]: |ansible-playbook: error: )(.*)");

    /** Where the error is, up to 2.18 and since. */
    private static final Pattern PLACE =
            Pattern.compile(
                    "(?:The error appears to be in '(.+)': line (\\d+), column .*"
                            + "|Origin: (.+):(\\d+):\\d+)");

    /** What ansible says before this, about JSON, helps nobody. */
    private static final String YAML_ERROR = "Syntax Error while loading YAML.";

    private static final int MOST_LINES = 4;

    // Mutable state
    private String error = "";
    private String place = "";

    /** How many lines of the error are there; 0: it has come to its end. */
    private int lines;

    private String last = "";

    /**
     * Takes the next line.
     *
     * @param line without colours
     */
    void take(String line) {
        if (line.isBlank()) {
            lines = 0;
            return;
        }
        last = line; // made plain when asked for: this is done for every line
        Matcher begins = ERROR.matcher(line);
        if (begins.matches()) {
            error = PlainText.line(begins.group(1));
            place = "";
            lines = 1;
            return;
        }
        if (error.isEmpty()) {
            return;
        }
        if (line.equals(YAML_ERROR)) {
            error = YAML_ERROR;
            lines = 1;
            return;
        }
        Matcher at = PLACE.matcher(line);
        if (at.matches()) {
            lines = 0;
            if (place.isEmpty()) {
                place =
                        at.group(1) == null
                                ? at.group(3) + ":" + at.group(4)
                                : at.group(1) + ":" + at.group(2);
            }
        } else if (lines > 0 && lines < MOST_LINES) {
            lines++;
            error = PlainText.line(error + " " + line);
        }
    }

    /** The last error, after the place where it is; empty where there was none. */
    String error() {
        return place.isEmpty() ? error : PlainText.line(place + ": " + error);
    }

    /** The last line that is not empty. */
    String line() {
        return PlainText.line(last);
    }
}
