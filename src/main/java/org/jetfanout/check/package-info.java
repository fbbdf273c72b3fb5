/**
 * Asks every worker of the worker map whether it is ready, and changes nothing there. In: a checked
 * request. Out: the findings for each worker. No run uses this room.
 */
package org.jetfanout.check;
