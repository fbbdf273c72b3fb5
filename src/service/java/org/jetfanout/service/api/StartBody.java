package org.jetfanout.service.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What starts a run: a template with its variables, or the words of a command line.
 *
 * @param template name of the template
 * @param variables values by name
 * @param limit narrows the hosts of the template, where it allows that
 * @param args the words of the command line without jet-fanout, instead of a template
 */
public record StartBody(
        Optional<String> template,
        Optional<Map<String, String>> variables,
        Optional<String> limit,
        Optional<List<String>> args) {}
