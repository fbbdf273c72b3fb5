/**
 * What jetp says. In: what a worker sent of its text and events. Out: {@link
 * org.jetfanout.runner.RunnerEvent}, the meaning of lines, and results.
 */
package org.jetfanout.runner.jetp.output;
