package org.jetfanout.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalInt;

/**
 * An event with everything that a log store keeps of it. All its texts are clean: no escape codes,
 * no secrets.
 *
 * @param event its meaning
 * @param action the runner's word for it, in the form that ECS uses: {@code task-failed}
 * @param host that it is about; empty for none
 * @param exitCode of the command that it is about
 * @param namespace name of the object in a log record that holds its fields; each runner has one
 * @param fields the runner's own fields, each always of the same type: text, whole number, or
 *     object of these
 */
public record LoggedEvent(
        RunnerEvent event,
        String action,
        String host,
        OptionalInt exitCode,
        String namespace,
        ObjectNode fields) {}
