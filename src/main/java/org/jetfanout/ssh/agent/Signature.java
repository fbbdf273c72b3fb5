package org.jetfanout.ssh.agent;

import java.time.Instant;

/**
 * A worker asked the user's agent for a signature.
 *
 * @param guid the run
 * @param worker name of the worker
 * @param fingerprint of the key that it wanted to use
 * @param login name with which it wanted to log in somewhere; empty if what it wanted signed was no
 *     login
 * @param hostKey fingerprint of the key of the host to log in to, where the request says it, else
 *     empty
 * @param allowed whether it got the signature
 * @param time when
 */
public record Signature(
        String guid,
        String worker,
        String fingerprint,
        String login,
        String hostKey,
        boolean allowed,
        Instant time) {}
