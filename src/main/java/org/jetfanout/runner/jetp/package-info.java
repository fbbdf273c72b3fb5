/**
 * jetp: how it is called. What travels for it, and what it says, are rooms below. Nobody outside of
 * this folder knows jetp's words.
 */
package org.jetfanout.runner.jetp;
