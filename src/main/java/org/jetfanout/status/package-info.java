/**
 * How a run stands: counts, states, hosts with their outcomes, as data. In: a run record, or the
 * events of a run that goes on. Out: values. Prints nothing.
 */
package org.jetfanout.status;
