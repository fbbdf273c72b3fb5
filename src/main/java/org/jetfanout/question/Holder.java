package org.jetfanout.question;

/**
 * Where a run can be asked about. Immutable.
 *
 * @param guid the run
 * @param address of the instance that has its record
 * @param instance its name
 * @param owned whether a process works on the run there
 * @param ended whether the run has its final status there
 */
public record Holder(String guid, String address, String instance, boolean owned, boolean ended) {}
