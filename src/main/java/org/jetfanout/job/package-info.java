/**
 * The protocol with the worker: start, attach, cancel, status, clean; the script it speaks to.
 *
 * <p>A command is one exec of {@code job.sh}, whole in its argument. It gets a nonce, and every
 * line of the protocol is {@code jet-fanout NONCE …}: what login scripts or hosts say is never
 * taken for one. On stdout comes {@code output}, then the bytes of the job's text log from the
 * wanted offset; on stderr, after a {@code waiting} where the job waits for its turn, {@code
 * started}, {@code attached FROM-TO…} (the spells that its runner went on without an agent, in
 * bytes of the event log), {@code none} (never started here) or {@code refused WORD why}, then the
 * bytes of the event log, and last {@code end exit=N output=SIZE:CKSUM events=SIZE:CKSUM}. An
 * {@code exit=gone} is a process that is gone without an exit code. A channel that ends without
 * that last line broke, and the job is attached again.
 *
 * <p>The job's folder is {@code ~/.jet-fanout/GUID/BATCH}. Its file {@code job} is made with O_EXCL
 * by who starts the job, after the bundle has arrived whole in a folder of its own: so any number
 * of connections may bring the same bundle, and one job starts. Cancel makes that file too, so that
 * a cancelled batch never starts later.
 */
package org.jetfanout.job;
