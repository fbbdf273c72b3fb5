/**
 * This machine: its files and folders, home, clock, limits, locale, standard output. Knows nothing
 * of runs.
 */
package org.jetfanout.machine;
