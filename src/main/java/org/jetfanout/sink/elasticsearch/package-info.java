/** Sends documents to Elasticsearch and OpenSearch, with their bulk API. */
package org.jetfanout.sink.elasticsearch;
