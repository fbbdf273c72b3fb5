/**
 * Commands and scripts on hosts, without a playbook. In: a command line and a list of hosts. Out:
 * what travels to a worker, and the script that logs in to its hosts there by OpenSSH. What it says
 * is in plain events ({@code runner/events}). No other room knows its files.
 */
package org.jetfanout.runner.exec;
