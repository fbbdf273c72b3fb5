/**
 * The run record: the folder on disk that says all about a run. In: events of the run. Out: the
 * same events, to whoever listens, once they are stored; and what was stored, to whoever reads.
 * Shows nothing, sends nothing.
 */
package org.jetfanout.record;
