package org.jetfanout.runner;

/**
 * What a line of a runner's text says.
 *
 * @param host inventory name of the host that it is about; empty: about none
 * @param level how bad it is
 * @param inBlock whether it belongs to the block that follows a host's failure
 */
public record LineMeaning(String host, Level level, boolean inBlock) {
    /** A line about no host. */
    public static final LineMeaning NONE = new LineMeaning("", Level.INFO, false);

    /** How bad a line is. */
    public enum Level {
        INFO,
        WARNING,
        /** A host failed or was not reached, or the runner broke. */
        ERROR
    }

    /** Whether it says that its host failed or was not reached. */
    public boolean isFailure() {
        return level == Level.ERROR && !host.isEmpty();
    }
}
