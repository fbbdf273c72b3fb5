package org.jetfanout.runner;

/**
 * Reads the lines of a runner's text. Which host a line is about is what the line says: text of a
 * task's output can look like one, so results come from events alone. Not thread-safe.
 */
public interface LineReader {
    /** What the next line says. */
    LineMeaning read(String line);
}
