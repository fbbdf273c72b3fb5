/** The embedded broker, or the connection to an external one. */
package org.jetfanout.queue;
