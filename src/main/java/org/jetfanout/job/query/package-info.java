/**
 * What a run asks of its workers beside its jobs: how they stand, to cancel them, to remove what is
 * left. In: a run record. Out: an answer a worker. Needs neither queue nor routes.
 */
package org.jetfanout.job.query;
