/**
 * Runs in this process. In: a start, with who asks. Out: a GUID at once, and the run, now or when
 * it is its turn. Knows nothing of HTTP.
 */
package org.jetfanout.service.runs;
