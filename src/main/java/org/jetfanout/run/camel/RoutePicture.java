package org.jetfanout.run.camel;

import java.util.List;

/**
 * A picture of routes: their steps, and the order of the steps. Immutable.
 *
 * @param routes in the order of a run
 * @param places outside of the routes
 * @param arrows from step to step
 */
public record RoutePicture(List<Drawn> routes, List<Step> places, List<Arrow> arrows) {
    /** Copies the lists. */
    public RoutePicture {
        routes = List.copyOf(routes);
        places = List.copyOf(places);
        arrows = List.copyOf(arrows);
    }

    /** The shape of a step: its brackets in Mermaid, and its shape in Graphviz. */
    enum Shape {
        BEGIN("([", "])", "oval"),
        STEP("[", "]", "box"),
        QUESTION("{{", "}}", "hexagon"),
        BLOCK("[[", "]]", "component"),
        PLACE("[(", ")]", "cylinder");

        private final String open;
        private final String close;
        private final String dot;

        Shape(String open, String close, String dot) {
            this.open = open;
            this.close = close;
            this.dot = dot;
        }
    }

    /** A route with its steps. */
    record Drawn(String id, String text, List<Step> steps) {
        Drawn {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A step, or a place outside of the routes.
     *
     * @param id a word, unique in the picture
     * @param text for people
     * @param shape in which it is drawn
     */
    record Step(String id, String text, Shape shape) {}

    /**
     * An arrow to the next step.
     *
     * @param from id of a step
     * @param to id of the next step
     * @param text the condition; empty for always
     * @param leaves whether it goes to another route or a place outside
     */
    record Arrow(String from, String to, String text, boolean leaves) {}

    /** The picture in Mermaid, which GitHub and GitLab draw in Markdown. */
    public String mermaid() {
        StringBuilder text = new StringBuilder("flowchart TD\n");
        for (Drawn route : routes) {
            text.append("    subgraph ").append(route.id()).append("[\"");
            text.append(forMermaid(route.text())).append("\"]\n");
            route.steps().forEach(step -> mermaid("        ", step, text));
            text.append("    end\n");
        }
        places.forEach(place -> mermaid("    ", place, text));
        for (Arrow arrow : arrows) {
            text.append("    ").append(arrow.from()).append(arrow.leaves() ? " -.->" : " -->");
            if (!arrow.text().isEmpty()) {
                text.append("|\"").append(forMermaid(arrow.text())).append("\"|");
            }
            text.append(' ').append(arrow.to()).append('\n');
        }
        return text.toString();
    }

    private static void mermaid(String indent, Step step, StringBuilder to) {
        to.append(indent).append(step.id()).append(step.shape().open).append('"');
        to.append(forMermaid(step.text())).append('"').append(step.shape().close).append('\n');
    }

    private static String forMermaid(String text) {
        return text.replace("#", "#35;")
                .replace("\"", "#quot;")
                .replace("<", "#lt;")
                .replace(">", "#gt;");
    }

    /** The picture for Graphviz: {@code dot -Tsvg}. */
    public String dot() {
        StringBuilder text = new StringBuilder("digraph routes {\n    node [fontname=sans];\n");
        for (Drawn route : routes) {
            text.append("    subgraph cluster_").append(route.id()).append(" {\n        label=");
            text.append(forDot(route.text())).append(";\n");
            route.steps().forEach(step -> dot("        ", step, text));
            text.append("    }\n");
        }
        places.forEach(place -> dot("    ", place, text));
        for (Arrow arrow : arrows) {
            text.append("    ").append(arrow.from()).append(" -> ").append(arrow.to());
            text.append(" [label=").append(forDot(arrow.text()));
            text.append(arrow.leaves() ? ", style=dashed];\n" : "];\n");
        }
        return text.append("}\n").toString();
    }

    private static void dot(String indent, Step step, StringBuilder to) {
        to.append(indent).append(step.id()).append(" [label=").append(forDot(step.text()));
        to.append(", shape=").append(step.shape().dot).append("];\n");
    }

    private static String forDot(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
