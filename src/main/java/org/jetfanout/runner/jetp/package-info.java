/**
 * jetp: which files travel for it, how it is called, and what its output means. In: jetp's text and
 * events as workers sent them. Out: {@link org.jetfanout.runner.RunnerEvent}, the meaning of lines,
 * and results. No other package knows jetp's words.
 */
package org.jetfanout.runner.jetp;
