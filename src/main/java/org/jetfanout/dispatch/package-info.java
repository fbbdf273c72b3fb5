/**
 * A batch from the queue to its worker and back: taken up, started or attached, followed to its
 * end; another worker where one is lost; cancel. In: the id of a batch. Out: events of the run,
 * told to the feed. Does not know how a run is prepared.
 */
package org.jetfanout.dispatch;
