/** Sends documents to Logstash, as lines of JSON over TCP or TLS. */
package org.jetfanout.sink.logstash;
