package org.jetfanout.dispatch;

import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.NamedNode;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.ToDefinition;
import org.jetfanout.runner.PlainText;

/**
 * The step of a route that threw an exception. Immutable.
 *
 * @param route its id
 * @param step as Camel names it: {@code to[log:x]}
 * @param where file and line; empty where Camel does not know them
 * @param bean of a step {@code process: ref}; else empty
 * @param packaged whether it is in a packaged file
 * @param ours whether it certainly is not the user's own, apart from its bean
 */
public record FailedStep(
        String route, String step, String where, String bean, boolean packaged, boolean ours) {
    private static final Pattern OURS = Pattern.compile("(ssh|sjms2):.*");

    static FailedStep of(NamedNode node) {
        RouteDefinition route = route(node);
        String location = node.getLocation() == null ? "" : node.getLocation();
        String file = location.replaceFirst("^(file|classpath):", "");
        return new FailedStep(
                route == null ? "?" : route.getId(),
                PlainText.line(String.valueOf(node)),
                file.isEmpty() || node.getLineNumber() < 1
                        ? file
                        : file + ":" + node.getLineNumber(),
                node instanceof ProcessDefinition process && process.getRef() != null
                        ? process.getRef()
                        : "",
                location.startsWith("classpath:"),
                location.startsWith("classpath:")
                        || node instanceof SplitDefinition
                        || (node instanceof ToDefinition to
                                && OURS.matcher(String.valueOf(to.getUri())).matches()));
    }

    /**
     * Whether it is a step of the user's own.
     *
     * @param beans the packaged ones
     */
    public boolean isOfUser(Set<String> beans) {
        return !ours && !beans.contains(bean);
    }

    private static RouteDefinition route(NamedNode node) {
        return node instanceof org.apache.camel.model.ProcessorDefinition<?> step
                ? ProcessorDefinitionHelper.getRoute(step)
                : null;
    }

    /** The step and its error for people. */
    public String says(Throwable cause) {
        return "route "
                + route
                + ", step "
                + step
                + (where.isEmpty() ? "" : " (" + where + ")")
                + ": "
                + PlainText.line(reason(cause));
    }

    private static String body(Class<?> wanted) {
        return "this step needs a " + wanted.getSimpleName() + " as body, and ";
    }

    private static String reason(Throwable cause) {
        if (cause instanceof InvalidPayloadException empty) {
            return body(empty.getType()) + "there is none";
        }
        if (cause instanceof NoTypeConversionAvailableException wrong) {
            return body(wrong.getToType()) + "it is a " + wrong.getFromType().getSimpleName();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
