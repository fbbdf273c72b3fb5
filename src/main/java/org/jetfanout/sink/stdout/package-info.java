/** Prints documents to standard output, for a collector that reads it. */
package org.jetfanout.sink.stdout;
