/**
 * The ssh component of Camel, made fit: logins, jump hosts, a command whose output is read as it
 * comes. In: the address of a worker and a command. Out: its streams. Knows nothing of runs,
 * batches or jobs.
 */
package org.jetfanout.ssh;
