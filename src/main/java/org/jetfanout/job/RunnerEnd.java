package org.jetfanout.job;

/**
 * The runner of a job has ended although plays are left. Immutable.
 *
 * @param start which start of the runner it was, from 1 on
 * @param exitCode of the runner
 */
public record RunnerEnd(int start, int exitCode) {}
