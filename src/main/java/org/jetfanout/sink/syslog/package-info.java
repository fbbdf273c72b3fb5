/** Sends documents to syslog (RFC 5424), over TCP, TLS or UDP. */
package org.jetfanout.sink.syslog;
