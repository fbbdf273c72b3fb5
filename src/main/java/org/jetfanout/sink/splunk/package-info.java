/**
 * Documents to Splunk, by its HTTP Event Collector, with acknowledgement where the token has it.
 */
package org.jetfanout.sink.splunk;
