package org.jetfanout.service.api;

import java.util.List;
import java.util.Optional;

/**
 * Which hosts of a run a new one takes.
 *
 * @param outcomes failed, unreachable, unfinished, not_started
 * @param extraVars values for variables that the record has not kept
 */
public record RerunBody(List<String> outcomes, Optional<List<String>> extraVars) {}
