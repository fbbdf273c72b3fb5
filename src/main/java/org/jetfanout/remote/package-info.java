/**
 * The client of a service ({@code jet-fanout serve}) elsewhere. In: the address of the service, a
 * token, a run. Out: the events of the run, as if it were carried out here. Knows nothing of the
 * service but its API.
 */
package org.jetfanout.remote;
