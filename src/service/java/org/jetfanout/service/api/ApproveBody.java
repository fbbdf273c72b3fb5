package org.jetfanout.service.api;

import java.util.Optional;

/**
 * Which wave is approved.
 *
 * @param wave its number: another one is refused. Without it, the one that waits is approved
 */
public record ApproveBody(Optional<Integer> wave) {}
