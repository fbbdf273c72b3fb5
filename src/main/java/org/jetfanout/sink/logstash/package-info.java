/** Documents to Logstash, as lines of JSON by TCP or TLS. */
package org.jetfanout.sink.logstash;
