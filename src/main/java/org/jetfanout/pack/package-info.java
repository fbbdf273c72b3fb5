/**
 * Packs what is stored for each batch: its bundle, and the message that says which worker gets it,
 * with which command line, keys and login names. In: batches, and the source of the bundles. Out:
 * files in the run's folder, which the dispatch reads. It sends nothing.
 */
package org.jetfanout.pack;
