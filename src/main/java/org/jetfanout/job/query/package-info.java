/**
 * Commands to the workers of a run that do not belong to its dispatch: they ask for jobs, cancel
 * them, or remove their files. In: a run record. Out: an answer for each worker. It needs neither
 * queue nor routes.
 */
package org.jetfanout.job.query;
