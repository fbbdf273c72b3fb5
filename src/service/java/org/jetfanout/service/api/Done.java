package org.jetfanout.service.api;

/**
 * What was asked of a run, and will be done.
 *
 * @param guid the run
 * @param what was asked
 * @param wave that it concerns; 0 for none
 */
public record Done(String guid, String what, int wave) {}
