package org.jetfanout.ssh.agent;

import java.time.Instant;

/**
 * A worker asked the user's agent for a signature.
 *
 * @param guid the run
 * @param worker name of the worker
 * @param fingerprint of the key that it wanted to use
 * @param login name of the login that it wanted signed; empty if it was no login
 * @param hostKey fingerprint of the key of the host to log in to; empty where the request does not
 *     have it
 * @param allowed whether it got the signature
 * @param time of the request
 */
public record Signature(
        String guid,
        String worker,
        String fingerprint,
        String login,
        String hostKey,
        boolean allowed,
        Instant time) {}
