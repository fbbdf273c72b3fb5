package org.jetfanout.ssh;

/**
 * A piece of the output of a command, as it arrived. It is not cut at line breaks.
 *
 * @param stderr whether it is from the command's stderr; otherwise it is from its stdout
 * @param bytes at least one, at most 64 KiB; they are not copied, so callers must not change them
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes a second pass here, compared by nobody
public record Chunk(boolean stderr, byte[] bytes) {}
