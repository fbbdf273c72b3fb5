/**
 * One run, from a request to an exit code. In: the user's request, read and checked. Out: the
 * result of every host in the run record, and the status of the run. It knows no command line and
 * opens no screen. Only commands use it.
 */
package org.jetfanout.run;
