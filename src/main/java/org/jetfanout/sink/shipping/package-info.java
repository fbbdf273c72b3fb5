/**
 * Moves documents from the run record to a sink: durable position, retries, limits, dead letters.
 * In: a run record and the name of a sink. Out: each document once, or a line that says why not.
 */
package org.jetfanout.sink.shipping;
