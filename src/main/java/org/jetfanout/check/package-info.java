/**
 * Asks every worker of the worker map whether it is ready, and changes nothing there. In: a
 * prepared run. Out: what was found, worker by worker. No run asks this room.
 */
package org.jetfanout.check;
