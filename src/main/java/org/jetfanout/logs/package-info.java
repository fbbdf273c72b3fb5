/**
 * Makes documents for log stores and for the logs command, in the Elastic Common Schema. In: a run
 * record. Out: documents with stable ids, without escape codes or secrets. It sends nothing.
 */
package org.jetfanout.logs;
