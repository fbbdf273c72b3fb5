/**
 * The message broker, embedded or the user's own. In and out: ids of batches. This room does not
 * know what is in a batch.
 */
package org.jetfanout.queue;
