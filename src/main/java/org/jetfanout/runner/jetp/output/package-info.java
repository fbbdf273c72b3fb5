/**
 * The meaning of jetp's output. In: its text and events as a worker sent them. Out: {@link
 * org.jetfanout.runner.RunnerEvent}, the meaning of lines, and results.
 */
package org.jetfanout.runner.jetp.output;
