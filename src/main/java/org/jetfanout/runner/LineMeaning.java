package org.jetfanout.runner;

/**
 * What a line of a runner's text means.
 *
 * @param host inventory name of the host that it is about; empty for none
 * @param level how bad it is
 * @param inBlock whether it belongs to the block that follows a host's failure
 */
public record LineMeaning(String host, Level level, boolean inBlock) {
    /** The meaning of a line that is about no host. */
    public static final LineMeaning NONE = new LineMeaning("", Level.INFO, false);

    /** How bad a line is. */
    public enum Level {
        INFO,
        WARNING,
        /** A host failed or was not reached, or the runner itself broke off. */
        ERROR
    }

    /** Whether the line reports that its host failed or was not reached. */
    public boolean isFailure() {
        return level == Level.ERROR && !host.isEmpty();
    }
}
