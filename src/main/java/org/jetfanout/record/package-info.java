/** The run record and its projections: progress, status, summary. */
package org.jetfanout.record;
