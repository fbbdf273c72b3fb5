/**
 * The ssh component for Camel: logins, jump hosts, and commands whose output is read as it arrives.
 * In: the address of a worker, and a command. Out: its streams. It knows nothing of runs, batches
 * or jobs.
 */
package org.jetfanout.ssh;
