/**
 * Reads workers.yml. In: a file. Out: the worker map and the settings of each worker group, or an
 * error of one line with file, line and the nearest known key.
 */
package org.jetfanout.site.workers;
