/** What happens, as it happens. In: a run, and from where on. Out: events (SSE). */
package org.jetfanout.service.stream;
