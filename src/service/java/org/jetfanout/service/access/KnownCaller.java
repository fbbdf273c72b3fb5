package org.jetfanout.service.access;

import java.util.Optional;

/**
 * Who sent a request, and how that is known. Immutable.
 *
 * @param caller who it is
 * @param csrf the word that forms must have; empty where the request has a token, which no browser
 *     sends by itself
 * @param session the id of the session; empty without one
 */
record KnownCaller(Caller caller, Optional<String> csrf, Optional<String> session) {}
