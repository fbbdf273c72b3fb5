/** Writes documents to a file, each once, even after a crash. */
package org.jetfanout.sink.file;
