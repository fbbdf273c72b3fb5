/**
 * Documents for log aggregators and for the logs command, in Elastic Common Schema. In: a run
 * record. Out: documents with stable ids, without escape codes or secrets. Sends nothing.
 */
package org.jetfanout.logs;
