/**
 * What people and programs read of a run: the live screen, plain lines, JSON, the summary. In:
 * events and the status of a run. Out: text. Asks no worker and no route.
 */
package org.jetfanout.screen;
