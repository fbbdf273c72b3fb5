package org.jetfanout.service.views;

import java.time.Instant;

/**
 * A run that the service accepted and that has no record yet.
 *
 * @param guid the run
 * @param accepted when
 * @param title what it will do, in a few words
 * @param template that it is started from; empty for none
 * @param who started it
 */
public record WaitingRun(
        String guid, Instant accepted, String title, String template, String who) {}
