/**
 * The agent guard. In: the user's agent, and the requests of workers. Out: lists and signatures for
 * the keys that are meant for hosts, and a report of each signature. Nothing else reaches the
 * user's agent.
 */
package org.jetfanout.ssh.agent;
