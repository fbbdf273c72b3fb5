package org.jetfanout.ssh;

/**
 * A piece of the output of a command, as it arrived. It is not cut at line breaks.
 *
 * @param stderr whether it is of the command's stderr; else of its stdout
 * @param bytes at least one, at most 64 KiB; not copied, so nobody may change them
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes a second pass here, compared by nobody
public record Chunk(boolean stderr, byte[] bytes) {}
