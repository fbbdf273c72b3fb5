package org.jetfanout;

/**
 * The exit codes of the program. They are computed from the results of the hosts, never from a
 * runner's exit code alone.
 */
public enum ExitCode {
    OK(0),
    INTERNAL(1),
    FAILED(2),
    INCOMPLETE(3),
    UNREACHABLE(4),
    FAILED_AND_UNREACHABLE(6),
    USAGE(64),
    TAKEN_OVER(75),
    CONFIGURATION(78),
    DEADLINE(124),
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The number that the process ends with. */
    public int code() {
        return code;
    }
}
