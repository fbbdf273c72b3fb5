/**
 * The HTTP server. In: the parts that the other rooms add: beans for the routes in {@code
 * routes/service/}, and handlers. Out: answers, within limits. Knows nothing of runs.
 */
package org.jetfanout.service.http;
