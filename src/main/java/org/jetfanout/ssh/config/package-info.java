/**
 * ssh_config, as OpenSSH reads it. In: the user's files. Out: what they say of one host. Runs no
 * command but ssh itself, where only ssh can know.
 */
package org.jetfanout.ssh.config;
