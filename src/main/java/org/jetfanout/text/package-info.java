/**
 * Text. In: what others wrote. Out: text for terminals and stores, which is harmless, on one line
 * and without secrets; durations, sizes and counts as people read them; the nearest name. Pure
 * functions. It uses no other room.
 */
package org.jetfanout.text;
