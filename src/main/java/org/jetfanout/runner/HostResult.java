package org.jetfanout.runner;

/**
 * The result of one host of a batch.
 *
 * @param host inventory name
 * @param outcome the outcome
 * @param reason why it is not ok: one line, without escape codes, at most 500 characters; empty
 *     where it is ok or changed
 */
public record HostResult(String host, Outcome outcome, String reason) {}
