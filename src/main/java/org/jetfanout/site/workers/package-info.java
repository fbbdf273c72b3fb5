/**
 * workers.yml. In: a file. Out: the worker map and the settings of each worker group, or one line
 * with file and line, and the nearest known key.
 */
package org.jetfanout.site.workers;
