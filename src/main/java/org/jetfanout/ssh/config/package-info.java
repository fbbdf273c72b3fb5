/**
 * ssh_config, read as OpenSSH reads it. In: the user's files. Out: the settings of a host. It runs
 * no command except ssh itself, where only ssh can give the answer.
 */
package org.jetfanout.ssh.config;
