/** Log records: the frames in which a job's output travels, and the sinks that take them. */
package org.jetfanout.log;
