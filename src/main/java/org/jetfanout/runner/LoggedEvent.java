package org.jetfanout.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

/**
 * An event with all that a store keeps of it. Every text in it is clean.
 *
 * @param event what it says
 * @param action the runner's word for it, as ECS writes such words: {@code task-failed}
 * @param host of which it speaks; empty: of none
 * @param exitCode of the command of which it speaks
 * @param namespace the object of a log record in which its fields stand: one for each runner
 * @param fields the runner's own, each of one type for ever: texts, whole numbers, objects of such
 */
public record LoggedEvent(
        RunnerEvent event,
        String action,
        String host,
        OptionalInt exitCode,
        String namespace,
        ObjectNode fields) {}
