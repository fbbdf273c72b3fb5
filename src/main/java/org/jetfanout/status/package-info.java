/**
 * The status of a run as data: counts, states, hosts with their outcomes. In: a run record, or the
 * events of a run that goes on. Out: values. It prints nothing.
 */
package org.jetfanout.status;
