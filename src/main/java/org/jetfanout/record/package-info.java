/** The run record, the feed that writes what happens to it, and its projections: progress, status, summary. */
package org.jetfanout.record;
