/**
 * What service.yml says. In: the file. Out: the frame, and the sections that the other rooms read
 * themselves. Knows nothing of HTTP.
 */
package org.jetfanout.service.config;
