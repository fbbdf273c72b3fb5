/** Documents to Elasticsearch and OpenSearch, by their bulk API. */
package org.jetfanout.sink.elasticsearch;
