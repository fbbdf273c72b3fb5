/**
 * The port for runners. In: the options of the run, and a worker's lines and events. Out: a command
 * line, and the result of each host. Each runner is a package below. This room knows nothing of
 * SSH, the queue or the record.
 */
package org.jetfanout.runner;
