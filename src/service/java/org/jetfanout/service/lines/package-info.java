/**
 * The lines of a run by number. In: the run record, and a folder for indexes. Out: any range of
 * lines at once, however long the output is, searched with a budget; and a feed of new lines while
 * somebody watches. One reader follows a run, however many people watch it.
 */
package org.jetfanout.service.lines;
