/**
 * A run from wave to wave: which wave is next, what must happen before it, and which rule stops the
 * run. In: a plan, the rules, results. Out: the batches of one wave after the other. This room does
 * not know what a batch does.
 */
package org.jetfanout.rollout;
