package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.runner.PlainText;

/**
 * Why a task failed on a host, or why the host was not reached.
 *
 * @param message ansible's message, may have several lines
 * @param exitCode of the command, if it was one
 * @param output the end of its stderr, or else of its stdout
 * @param item the item of a loop; empty for none
 * @param hidden whether no_log hides all of this
 */
record AnsibleFailure(
        String message, OptionalInt exitCode, String output, String item, boolean hidden) {
    private static final String HIDDEN = "no_log hides why";
    private static final String NON_ZERO = "non-zero return code";
    private static final String NO_CONNECTION = "Failed to connect to the host via ";

    static AnsibleFailure of(ObjectNode event) {
        String errors = AnsibleEvents.text(event, "stderr");
        return new AnsibleFailure(
                AnsibleEvents.text(event, "msg"),
                event.path("rc").isInt()
                        ? OptionalInt.of(event.path("rc").intValue())
                        : OptionalInt.empty(),
                errors.isBlank() ? AnsibleEvents.text(event, "stdout") : errors,
                AnsibleEvents.text(event, "item"),
                AnsibleEvents.is(event, "no_log"));
    }

    /** The last line of the output. */
    String lastOutput() {
        return last(output);
    }

    /** Why the task failed, without its name, in one line. */
    String ofTask() {
        if (hidden) {
            return HIDDEN;
        }
        String first = message.strip().lines().findFirst().orElse("");
        String code = exitCode.isPresent() ? "exit code " + exitCode.getAsInt() : "";
        String why;
        if (first.isEmpty() || first.startsWith(NON_ZERO)) {
            why = code.isEmpty() ? first : code;
        } else {
            why = code.isEmpty() || exitCode.getAsInt() == 0 ? first : first + " (" + code + ")";
        }
        String last = lastOutput();
        String more = last.isEmpty() || message.contains(last) ? "" : last;
        return PlainText.line(
                (item.isEmpty() ? "" : "item " + item + ": ")
                        + why
                        + (why.isEmpty() || more.isEmpty() ? "" : ": ")
                        + more);
    }

    /** Why the host was not reached: ssh may say much before the line that counts. */
    String ofConnection() {
        if (hidden) {
            return HIDDEN;
        }
        List<String> lines = message.strip().lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            return "";
        }
        String first = lines.get(0);
        int end = first.startsWith(NO_CONNECTION) ? first.indexOf(": ", NO_CONNECTION.length()) : 0;
        return PlainText.line(
                lines.size() == 1
                        ? first
                        : (end > 0 ? first.substring(0, end + 2) : "")
                                + lines.get(lines.size() - 1));
    }

    private static String last(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "" : PlainText.line(lines.get(lines.size() - 1));
    }
}
