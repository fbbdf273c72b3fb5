/**
 * Decides which worker configures which hosts: assignment, batches, capacity arithmetic. In: the
 * hosts that the playbook addresses, and the worker map. Out: batches. Pure functions, no SSH. Only
 * {@link org.jetfanout.plan.PlanSteps}, the steps of the plan route, uses Camel.
 */
package org.jetfanout.plan;
