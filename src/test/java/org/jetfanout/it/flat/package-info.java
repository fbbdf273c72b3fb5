/**
 * Runs playbooks on one machine and over workers, and compares what became of the hosts.
 * docs/semantics.md lists the playbooks.
 */
package org.jetfanout.it.flat;
