/**
 * Decides which worker configures which hosts: assignment, batches, capacity arithmetic. In: the
 * hosts that the playbook addresses, and the worker map. Out: batches. Pure functions, no Camel, no
 * SSH.
 */
package org.jetfanout.plan;
