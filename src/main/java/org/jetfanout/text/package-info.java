/**
 * Text. In: what others wrote. Out: what a terminal and a store may have: harmless, on one line,
 * without secrets; durations, sizes and counts as people read them; the nearest name. Pure
 * functions; asks nobody.
 */
package org.jetfanout.text;
