package org.jetfanout.sink.elasticsearch;

/** The meaning of the status of one item in a {@code _bulk} answer. */
enum BulkOutcome {
    DELIVERED,
    /** The record comes again. */
    LATER,
    /** The record is never taken. */
    REFUSED,
    /** No record is ever taken, as things are. */
    STOPPED;

    /**
     * Reads an item.
     *
     * @param error its type, empty for none
     */
    static BulkOutcome of(int status, String error) {
        if (status == 409 || (status >= 200 && status < 300)) {
            return DELIVERED; // 409: a document of this id is there
        }
        if (status == 429 || status >= 500) {
            return LATER;
        }
        if (status == 401 || status == 403 || status == 404) {
            // a block is for a while: no space, no primary shard yet, read-only
            return error.equals("cluster_block_exception") ? LATER : STOPPED;
        }
        // what is no status of an error is no reason to set a record aside
        return status >= 400 ? REFUSED : LATER;
    }
}
