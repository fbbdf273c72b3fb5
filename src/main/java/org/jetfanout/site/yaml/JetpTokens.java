package org.jetfanout.site.yaml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.ScannerException;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.tokens.TagToken;
import org.snakeyaml.engine.v2.tokens.TagTuple;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * Reads the tokens of a text that jetp accepts and the library does not: a tab between two tokens,
 * as in {@code groups:<tab>[ web ]}, and a tag right before a comma, as in {@code [ !facts, !debug
 * ]}. Tabs that indent remain errors, as in jetp. For one document and one thread.
 */
final class JetpTokens implements Scanner {
    private static final String TAG = "while scanning a tag";
    private static final Pattern OWN_TAG = Pattern.compile("![A-Za-z0-9_-]+");

    private final Scanner scanner;
    private final StreamReader reader;

    // Mutable state
    /** Tags at which the scanner stopped. What follows them is scanned already or will be. */
    private final Deque<Token> tags = new ArrayDeque<>();

    JetpTokens(LoadSettings settings, StreamReader reader) {
        this.scanner = new ScannerImpl(settings, reader);
        this.reader = reader;
    }

    @Override
    public boolean checkToken(Token.ID... choices) {
        return hasNext()
                && (choices.length == 0 || Set.of(choices).contains(peekToken().getTokenId()));
    }

    @Override
    public Token peekToken() {
        Token token = goingOn(scanner::peekToken);
        return isTagNext(token) ? tags.getFirst() : token;
    }

    @Override
    public boolean hasNext() {
        return goingOn(scanner::hasNext);
    }

    @Override
    public Token next() {
        return isTagNext(goingOn(scanner::peekToken)) ? tags.removeFirst() : scanner.next();
    }

    @Override
    public void resetDocumentIndex() {
        scanner.resetDocumentIndex();
    }

    private boolean isTagNext(Token token) {
        return !tags.isEmpty() && index(tags.getFirst()) < index(token);
    }

    private static int index(Token token) {
        return token.getStartMark().map(Mark::getIndex).orElse(0);
    }

    /**
     * Repeats a step of the scanner until it succeeds. The scanner fails at a character without
     * having read it: a tab is skipped here, and a tag is kept for later.
     */
    private <T> T goingOn(Supplier<T> step) {
        while (true) {
            try {
                return step.get();
            } catch (ScannerException e) {
                String problem = String.valueOf(e.getProblem());
                if (problem.contains("cannot start any token") && isTabBetweenTokens()) {
                    reader.forward();
                    continue;
                }
                tags.addLast(tag(e).orElseThrow(() -> e));
            }
        }
    }

    /**
     * The tag before a comma at which the scanner failed; empty where it failed at something else.
     */
    private Optional<Token> tag(ScannerException e) {
        if (!TAG.equals(e.getContext())) {
            return Optional.empty();
        }
        // the library stops after the tag, or before it where another tag follows the comma
        int rest = reader.peek() == '!' ? 1 : 0;
        while (rest > 0 && isOfTag(reader.peek(rest))) {
            rest++;
        }
        if (reader.peek(rest) != ',') {
            return Optional.empty();
        }
        reader.forward(rest);
        Mark from = e.getContextMark().orElseThrow();
        Mark to = reader.getMark().orElseThrow();
        int length = Math.min(to.getIndex() - from.getIndex(), to.getPointer());
        String text = new String(to.getBuffer(), to.getPointer() - length, length);
        return OWN_TAG.matcher(text).matches()
                ? Optional.of(
                        new TagToken(
                                new TagTuple(Optional.of("!"), text.substring(1)),
                                Optional.of(from),
                                Optional.of(to)))
                : Optional.empty();
    }

    private static boolean isOfTag(int c) {
        return c == '_' || c == '-' || (c < 0x80 && Character.isLetterOrDigit(c));
    }

    /**
     * Whether the next character is a tab, and the token before it on its line cannot open a block.
     */
    private boolean isTabBetweenTokens() {
        Mark mark = reader.getMark().orElseThrow();
        int[] text = mark.getBuffer();
        int at = mark.getPointer() - 1;
        while (at >= 0 && isBlank(text[at])) {
            at--;
        }
        if (reader.peek() != '\t' || at < 0 || text[at] == '\n' || text[at] == '\r') {
            return false;
        }
        boolean indicator = text[at] == '-' || text[at] == '?' || text[at] == ':';
        boolean alone = at == 0 || isBlank(text[at - 1]) || text[at - 1] == '\n';
        return !(indicator && alone);
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }
}
