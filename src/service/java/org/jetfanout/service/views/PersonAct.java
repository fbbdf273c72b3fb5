package org.jetfanout.service.views;

import java.time.Instant;

/**
 * What somebody did with a run.
 *
 * @param time when
 * @param who name of the token, or the user of the proxy
 * @param what in words: started, cancelled, approved wave 2, …
 */
public record PersonAct(Instant time, String who, String what) {}
