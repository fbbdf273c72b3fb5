/**
 * Who owns a run, as the broker knows it, and what another instance needs to go on with the run.
 * In: a run whose batches are packed. Out: its lease, which one instance has at a time; its estate,
 * the files of its record, sealed; an announcement for those who would take it over. It does not
 * know what a run does.
 */
package org.jetfanout.lease;
