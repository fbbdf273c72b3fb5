/**
 * Shows a run to people and programs: the live view, plain lines, JSON, the summary. In: the events
 * and the status of a run. Out: text. It uses no worker and no route.
 */
package org.jetfanout.screen;
