/**
 * What sinks have in common: their settings, HTTP and TLS with budgets, batches of documents. Each
 * sink is a folder of its own; nobody outside that folder knows its protocol.
 */
package org.jetfanout.sink;
