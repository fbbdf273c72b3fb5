/**
 * The common parts of the sinks: settings, HTTP and TLS with limits, deliveries of documents. In:
 * documents. Out: requests to a log store. Each sink is a package of its own, and no other package
 * knows its protocol.
 */
package org.jetfanout.sink;
