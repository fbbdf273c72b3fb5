/**
 * The run record: the folder on disk with everything about a run. In: events of the run, which are
 * stored first. Out: the same events, to all listeners, and what was stored, to all readers. It
 * shows nothing and sends nothing.
 */
package org.jetfanout.record;
