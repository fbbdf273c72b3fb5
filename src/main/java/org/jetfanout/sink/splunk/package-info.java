/**
 * Sends documents to Splunk with its HTTP Event Collector, and asks for acknowledgement where the
 * token has it.
 */
package org.jetfanout.sink.splunk;
