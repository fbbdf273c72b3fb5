package org.jetfanout.service.views;

import java.time.Instant;
import java.util.List;

/**
 * What the forwarded agent was asked to sign: counts by worker and key, and a page of requests.
 *
 * @param groups by worker, key and login name
 * @param signatures in the order of the record
 * @param total how many there are
 * @param next where the next page begins; empty on the last one
 */
public record SignaturesView(
        List<Group> groups, List<SignatureLine> signatures, int total, String next) {
    /** The most groups that are counted. */
    public static final int MOST_GROUPS = 1_000;

    /** The most requests of a page. */
    public static final int MOST = 2_000;

    /** Copies the lists. */
    public SignaturesView {
        groups = List.copyOf(groups);
        signatures = List.copyOf(signatures);
    }

    /**
     * Requests of one worker for one key and login name.
     *
     * @param worker that asked
     * @param fingerprint of the key
     * @param login name on the hosts
     * @param allowed how many were signed
     * @param refused how many were not
     */
    public record Group(
            String worker, String fingerprint, String login, int allowed, int refused) {}

    /**
     * One request.
     *
     * @param time when
     * @param worker that asked
     * @param fingerprint of the key
     * @param login name on the host
     * @param hostKey of the host; empty where it is unknown
     * @param allowed whether it was signed
     */
    public record SignatureLine(
            Instant time,
            String worker,
            String fingerprint,
            String login,
            String hostKey,
            boolean allowed) {}
}
