/**
 * known_hosts, read as OpenSSH reads it. In: the key that a host shows. Out: whether the key is
 * known, unknown or revoked, with the line. There is no way to accept every key.
 */
package org.jetfanout.ssh.hostkeys;
