/**
 * Packs what a batch needs on its worker into a deterministic archive of two parts. In: a batch and
 * the user's files. Out: the bundle.
 */
package org.jetfanout.bundle;
