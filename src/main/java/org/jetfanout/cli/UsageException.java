package org.jetfanout.cli;

/**
 * A command line that cannot be carried out. Ends the program with {@link
 * org.jetfanout.ExitCode#USAGE}.
 */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
