/**
 * One run, from a request to an exit code. In: what the user asks for, read and checked. Out: the
 * result of every host in the run record, and how the run ended. Knows no command line and no
 * screen of its own; only the commands ask it.
 */
package org.jetfanout.run;
