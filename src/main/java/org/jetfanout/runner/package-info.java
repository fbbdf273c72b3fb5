/**
 * The port for runners: how one is called on a worker, what it tells, and what becomes of the hosts
 * by that. Each runner is a package below. It knows nothing of SSH, the queue or the record.
 */
package org.jetfanout.runner;
