/** The API, version 1. In: a request. Out: JSON, or a problem as RFC 9457 has it. */
package org.jetfanout.service.api;
