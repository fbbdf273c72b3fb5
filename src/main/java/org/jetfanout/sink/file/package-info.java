/** Documents into a file, each once, also after a crash. */
package org.jetfanout.sink.file;
