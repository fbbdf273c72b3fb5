/**
 * The protocol with the worker: start, attach, cancel, status, clean. In: the bytes of a channel.
 * Out: frames of whole lines, and how the job ended.
 *
 * <p>A command is one exec of {@code job.sh}. The whole script is in the argument. Each command has
 * a {@link org.jetfanout.job.Nonce}, and each line of the answer begins with its mark. So output of
 * login scripts or hosts is never mistaken for the answer. The answer comes on stdout:
 *
 * <pre>
 * hello                  the script runs; the bundle may be sent
 * waiting                the job waits until other jobs on the worker have ended (max_jobs)
 * started                the job was started; "started alone": without an agent relay
 * attached FROM-TO…      the job was started before; in these bytes of the event log its runner
 *                        had no agent
 * none                   the job was never started here
 * refused WORD why       the worker does not take the job
 * replaced TERM PROOF    an owner with a higher term has been here: nothing was done. May also come
 *                        later, if that owner comes meanwhile
 * elsewhere why          the job is on another machine that shares the home
 * output SIZE            a frame: so many bytes of the text log follow, then a line with a dot
 * events SIZE            the same of the event log
 * end exit=N output=SIZE:CKSUM events=SIZE:CKSUM
 * </pre>
 *
 * <p>{@code exit=gone} means that the process of the job is gone and left no exit code. If the
 * channel ends without an end line, the connection broke, and the job is attached again.
 *
 * <p>A job with barriers reports each step, and its stdin stays open for what is decided:
 *
 * <pre>
 * stands START PASSED    first after attached: the number of the runner's start, and the last
 *                        barrier that it has passed
 * barrier N              the runner waits before play N; answer: go N, or stop N
 * passed N               the runner goes on into play N
 * stopped N              the runner was ended before play N
 * runner-ended START CODE  the runner has ended, and plays are left; answer: close START, or
 *                        again START SIZE and so many bytes of files
 * again START            the runner was started again
 * </pre>
 *
 * <p>For a job that brings a file to its hosts, nothing is sent before the worker has said how much
 * of it is there:
 *
 * <pre>
 * has N                  so many bytes are there; answer: "bundle SIZE" and so many bytes, then the
 *                        file from byte N on, then the end of stdin
 * verifying              the file is still being read, to compare its digest
 * </pre>
 *
 * <p>The job's folder is {@code ~/.jet-fanout/GUID/BATCH}. When a bundle has arrived whole, in a
 * folder of its own, its connection makes the file {@code job} with O_EXCL. Only the one that
 * succeeds starts the job, so several connections may bring the same bundle. Cancel makes that file
 * too, so a cancelled batch never starts later.
 *
 * <p>Start, attach and cancel have the term of the run's owner, and the proof that it is real, see
 * {@link org.jetfanout.record.Fence}. An owner with a term above 1 leaves the file {@code
 * term.N.PROOF} in the folder before it looks at anything there, also where the job was never
 * started. Whoever starts the job looks for higher terms once more after it has made the file
 * {@code job}, and removes that file if there is one. So either the higher one finds the job, or
 * the lower one does not start it. {@code follower}, or the file of the term, holds the process of
 * the connection that follows; a connection ends those of its own and of lower terms only.
 */
package org.jetfanout.job;
