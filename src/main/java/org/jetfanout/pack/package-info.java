/**
 * From the plan to what is stored for each batch: its bundle, and the message that says who takes
 * it, by which command line, with which keys and login names. In: batches, and what bundles are
 * made of. Out: files in the run's folder, read again where a batch is dispatched. Sends nothing.
 */
package org.jetfanout.pack;
