package org.jetfanout.run.camel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.NamedNode;
import org.apache.camel.model.CatchDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.FilterDefinition;
import org.apache.camel.model.LoopDefinition;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.StopDefinition;
import org.apache.camel.model.TryDefinition;
import org.apache.camel.model.WhenDefinition;
import org.apache.camel.model.language.ExpressionDefinition;

/** Draws routes step by step. Used by one thread. */
final class RouteDrawing {
    /** Beans that write to the run record, which the sinks read. */
    private static final Set<String> WRITERS =
            Set.of("record.append", "record.result", "append", "result");

    private static final String RECORD = "runRecord";

    private final List<RoutePicture.Drawn> routes = new ArrayList<>();
    private final List<RoutePicture.Arrow> arrows = new ArrayList<>();

    /** The id of the first step, by the endpoint at which the route begins. */
    private final Map<String, String> begins = new HashMap<>();

    // Mutable state
    private List<RoutePicture.Step> steps = new ArrayList<>();
    private String route = "";

    /** A step after which the next one comes, and under which condition. */
    private record End(String step, String when) {}

    private RouteDrawing() {}

    /**
     * Draws the routes of a run.
     *
     * @param sinks ids of the sinks' routes, whose steps are not drawn
     */
    static RoutePicture of(List<RouteDefinition> definitions, List<String> sinks) {
        RouteDrawing drawing = new RouteDrawing();
        int number = 0;
        for (RouteDefinition definition : inOrder(definitions)) {
            number++;
            drawing.begins.put(endpoint(definition.getInput().getUri()), "r" + number);
        }
        inOrder(definitions).forEach(drawing::draw);
        return drawing.picture(sinks);
    }

    /** The packaged routes in the order of a run, then the others. */
    private static List<RouteDefinition> inOrder(List<RouteDefinition> definitions) {
        List<String> known = RouteContract.routes();
        List<RouteDefinition> ordered = new ArrayList<>();
        for (String id : known) {
            definitions.stream().filter(d -> id.equals(d.getRouteId())).forEach(ordered::add);
        }
        definitions.stream().filter(d -> !ordered.contains(d)).forEach(ordered::add);
        return ordered;
    }

    private RoutePicture picture(List<String> sinks) {
        List<RoutePicture.Step> places = new ArrayList<>();
        places.add(new RoutePicture.Step(RECORD, "run record", RoutePicture.Shape.PLACE));
        for (String sink : sinks) {
            String id = "s" + places.size();
            places.add(new RoutePicture.Step(id, sink, RoutePicture.Shape.BEGIN));
            arrows.add(new RoutePicture.Arrow(RECORD, id, "from its own position", true));
        }
        return new RoutePicture(routes, places, arrows);
    }

    private void draw(RouteDefinition definition) {
        String from = endpoint(definition.getInput().getUri());
        steps = new ArrayList<>();
        route = begins.get(from);
        steps.add(new RoutePicture.Step(route, from, RoutePicture.Shape.BEGIN));
        walk(definition.getOutputs(), List.of(new End(route, "")));
        String id = definition.getRouteId();
        String description = definition.getDescriptionText();
        routes.add(
                new RoutePicture.Drawn(
                        "route" + route,
                        description == null ? id : id + ": " + description,
                        steps));
    }

    private List<End> walk(List<? extends NamedNode> nodes, List<End> before) {
        List<End> ends = before;
        for (NamedNode node : nodes) {
            ends = walk(node, ends);
        }
        return ends;
    }

    private List<End> walk(NamedNode node, List<End> before) {
        if (node instanceof StopDefinition) {
            add("stop", RoutePicture.Shape.BEGIN, before);
            return List.of();
        }
        if (node instanceof ChoiceDefinition choice) {
            return choice(choice, before);
        }
        if (node instanceof FilterDefinition filter) {
            String id = add(condition(filter.getExpression()), RoutePicture.Shape.QUESTION, before);
            return both(
                    walk(filter.getOutputs(), List.of(new End(id, "yes"))),
                    List.of(new End(id, "no")));
        }
        if (node instanceof LoopDefinition loop) {
            String words = loop.getDoWhile() == null ? "times" : "while";
            return block(words + " " + condition(loop.getExpression()), loop, "again", before);
        }
        if (node instanceof SplitDefinition split) {
            return block("for each of " + condition(split.getExpression()), split, "next", before);
        }
        if (node instanceof TryDefinition tried) {
            return tried(tried, before);
        }
        if (node instanceof SendDefinition<?> send) {
            return List.of(new End(sent(endpoint(send.getUri()), before), ""));
        }
        if (node instanceof ProcessDefinition process) {
            return List.of(new End(process(process, before), ""));
        }
        return other(node, before);
    }

    private String process(ProcessDefinition process, List<End> before) {
        String bean = String.valueOf(process.getRef());
        String id = add(bean, RoutePicture.Shape.STEP, before);
        if (WRITERS.contains(bean)) {
            arrows.add(new RoutePicture.Arrow(id, RECORD, "", true));
        }
        return id;
    }

    private String sent(String endpoint, List<End> before) {
        String begin = begins.get(endpoint);
        String id =
                add(
                        endpoint,
                        begin == null ? RoutePicture.Shape.PLACE : RoutePicture.Shape.STEP,
                        before);
        if (begin != null) {
            arrows.add(new RoutePicture.Arrow(id, begin, "", true));
        }
        return id;
    }

    /** Draws a choice as one question after the other. */
    private List<End> choice(ChoiceDefinition choice, List<End> before) {
        List<End> ends = new ArrayList<>();
        List<End> asked = before;
        for (WhenDefinition when : choice.getWhenClauses()) {
            String id = add(condition(when.getExpression()), RoutePicture.Shape.QUESTION, asked);
            ends.addAll(walk(when.getOutputs(), List.of(new End(id, "yes"))));
            asked = List.of(new End(id, "no"));
        }
        ends.addAll(
                choice.getOtherwise() == null
                        ? asked
                        : walk(choice.getOtherwise().getOutputs(), asked));
        return ends;
    }

    private List<End> block(
            String text, ProcessorDefinition<?> block, String back, List<End> before) {
        String id = add(text, RoutePicture.Shape.BLOCK, before);
        for (End end : walk(block.getOutputs(), List.of(new End(id, "")))) {
            arrows.add(
                    new RoutePicture.Arrow(
                            end.step(), id, end.when().isEmpty() ? back : end.when(), false));
        }
        return List.of(new End(id, "then"));
    }

    private List<End> tried(TryDefinition tried, List<End> before) {
        String id = add("try", RoutePicture.Shape.BLOCK, before);
        List<End> ends = walk(tried.getOutputsWithoutCatches(), List.of(new End(id, "")));
        if (tried.getCatchClauses() != null) {
            for (CatchDefinition caught : tried.getCatchClauses()) {
                String what = String.join(", ", caught.getExceptions());
                ends =
                        both(
                                ends,
                                walk(
                                        caught.getOutputs(),
                                        List.of(new End(id, what.replaceAll("\\w+\\.", "")))));
            }
        }
        return tried.getFinallyClause() == null
                ? ends
                : walk(tried.getFinallyClause().getOutputs(), ends);
    }

    /** Draws any other element of Camel: the step, and the steps inside it. */
    private List<End> other(NamedNode node, List<End> before) {
        String id = add(String.valueOf(node.getLabel()), RoutePicture.Shape.STEP, before);
        List<End> here = List.of(new End(id, ""));
        return node instanceof ProcessorDefinition<?> step && !step.getOutputs().isEmpty()
                ? walk(step.getOutputs(), here)
                : here;
    }

    private String add(String text, RoutePicture.Shape shape, List<End> before) {
        String id = route + "s" + steps.size();
        steps.add(new RoutePicture.Step(id, text, shape));
        for (End end : before) {
            arrows.add(new RoutePicture.Arrow(end.step(), id, end.when(), false));
        }
        return id;
    }

    private static List<End> both(List<End> some, List<End> others) {
        List<End> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    /** The condition without the brackets of the simple language. */
    private static String condition(ExpressionDefinition expression) {
        return expression
                .getExpression()
                .replaceAll("\\$\\{(?:exchangeProperty\\.|header\\.)?([^{}]+)}", "$1");
    }

    /** The endpoint without parameters. */
    private static String endpoint(String uri) {
        return uri.replaceFirst("\\?.*", "").replaceFirst("^([a-z0-9]+):(//)", "$1:");
    }
}
