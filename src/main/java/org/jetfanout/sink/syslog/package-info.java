/** Documents to syslog (RFC 5424), by TCP, TLS or UDP. */
package org.jetfanout.sink.syslog;
