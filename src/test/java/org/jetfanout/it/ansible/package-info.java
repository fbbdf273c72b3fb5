/**
 * Runs playbooks of ansible on one machine and over workers, and compares what became of the hosts.
 * docs/ansible.md lists the playbooks.
 */
package org.jetfanout.it.ansible;
