/**
 * jetp: what travels for it, how it is called, and what it says. In comes what a worker sent of its
 * text and events; out come {@link org.jetfanout.runner.RunnerEvent}, the meaning of lines, and
 * results. Nobody outside knows jetp's words.
 */
package org.jetfanout.runner.jetp;
