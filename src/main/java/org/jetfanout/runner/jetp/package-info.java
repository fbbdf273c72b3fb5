/**
 * jetp: its command line, and the choice of its parts. What travels for it is in {@code bundle},
 * what its output means in {@code output}. No other room knows jetp's words.
 */
package org.jetfanout.runner.jetp;
