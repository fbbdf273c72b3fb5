/**
 * The message broker, embedded or the user's own. In and out: ids of batches. Knows no batch
 * itself.
 */
package org.jetfanout.queue;
