/**
 * An instance that stays: it serves zones as a hand, for the runs of others. In: a broker, a shared
 * key, the zones. Out: calls carried out. Only its command may be asked for it.
 */
package org.jetfanout.instance;
