/**
 * The agent guard. In: the user's agent and what workers ask of it. Out: lists and signatures for
 * the keys that are meant for hosts, each signature told. Nothing else reaches the user's agent.
 */
package org.jetfanout.ssh.agent;
