/**
 * The Camel ssh component made fit: identities, known hosts, agent guard, streaming, keep-alive.
 */
package org.jetfanout.ssh;
