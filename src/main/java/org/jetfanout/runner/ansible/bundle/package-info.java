/**
 * What travels to workers for ansible-playbook. In: the user's project and what ansible said of it.
 * Out: places in a bundle, and the inventory of a batch.
 */
package org.jetfanout.runner.ansible.bundle;
