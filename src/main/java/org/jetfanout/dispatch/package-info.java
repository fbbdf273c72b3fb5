/**
 * A batch from the queue to its worker and back: it is taken up, its job is started or attached,
 * and followed to its end. Another worker takes over from a lost one. In: the id of a batch. Out:
 * events of the run, told to the feed. This room does not know how a run is prepared.
 */
package org.jetfanout.dispatch;
