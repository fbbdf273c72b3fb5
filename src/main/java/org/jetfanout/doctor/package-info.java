/**
 * Looks at this machine, on which jet-fanout runs, and says what is missing for a run. In: the
 * environment and the folders of jet-fanout. Out: findings, each with what to do. It uses no
 * network, and no run uses this room.
 */
package org.jetfanout.doctor;
