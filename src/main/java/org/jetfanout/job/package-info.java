/**
 * The protocol with the worker: start, attach, cancel, status, clean. In: the bytes of a channel.
 * Out: frames of whole lines, and how the job ended.
 *
 * <p>A command is one exec of {@code job.sh}. The whole script is in the command's argument. The
 * command has a nonce, and every line of the protocol is {@code jet-fanout NONCE …}, so that output
 * of login scripts or hosts never counts as a line of the protocol. On stdout the script writes
 * {@code output}, then the bytes of the job's text log from the wanted offset. On stderr it writes
 * {@code waiting} where the job waits for its turn, and then one of these: {@code started}; {@code
 * attached FROM-TO…} (the times in which its runner worked without an agent, in bytes of the event
 * log); {@code none} (the job was never started here); {@code refused WORD why}. Then follow the
 * bytes of the event log, and at last {@code end exit=N output=SIZE:CKSUM events=SIZE:CKSUM}.
 * {@code exit=gone} means that the process disappeared without an exit code. If a channel ends
 * without that last line, the connection broke, and jet-fanout attaches again.
 *
 * <p>The job's folder is {@code ~/.jet-fanout/GUID/BATCH}. The connection that starts the job
 * creates the file {@code job} in it with O_EXCL, after the whole bundle has arrived in a folder of
 * its own. So any number of connections may bring the same bundle, and only one job starts. Cancel
 * creates that file too, so that a cancelled batch never starts later.
 */
package org.jetfanout.job;
