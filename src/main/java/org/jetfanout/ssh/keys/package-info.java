/** Public keys as bytes, and the algorithms that they sign with. Pure functions. */
package org.jetfanout.ssh.keys;
