/**
 * Who configures what: assignment, batches, capacity arithmetic. Pure functions, no Camel, no SSH.
 */
package org.jetfanout.plan;
