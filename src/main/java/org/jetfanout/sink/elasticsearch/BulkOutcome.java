package org.jetfanout.sink.elasticsearch;

/** What the status of one item in a {@code _bulk} answer means. */
enum BulkOutcome {
    DELIVERED,
    /** The document must be sent again. */
    LATER,
    /** The store will never accept the document. */
    REFUSED,
    /** The store accepts no document until someone corrects its settings or ours. */
    STOPPED;

    /**
     * The meaning of an item.
     *
     * @param error its type; empty for none
     */
    static BulkOutcome of(int status, String error) {
        if (status == 409 || (status >= 200 && status < 300)) {
            return DELIVERED; // 409: a document of this id is there
        }
        if (status == 429 || status >= 500) {
            return LATER;
        }
        if (status == 401 || status == 403 || status == 404) {
            // a block is temporary: no space, no primary shard yet, read-only
            return error.equals("cluster_block_exception") ? LATER : STOPPED;
        }
        // a status that is no error is no reason to refuse a document
        return status >= 400 ? REFUSED : LATER;
    }
}
