/**
 * Instances of jet-fanout that find each other and talk at one external broker. In: messages with
 * an address, sealed under the shared key. Out: the same, at the instance that they are for; who
 * else is there. This room does not know what the messages are about, nor what a run is.
 */
package org.jetfanout.link;
