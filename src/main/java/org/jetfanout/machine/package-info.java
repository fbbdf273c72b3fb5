/**
 * This machine: files and folders, home, clock, limits, locale, standard output. It knows nothing
 * of runs.
 */
package org.jetfanout.machine;
