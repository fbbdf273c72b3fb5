package org.jetfanout.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds secrets by their form: private keys, values whose names mean a password, secret, token or
 * key, authorization headers, passwords in URLs, and tokens that services mark as theirs. A text
 * without secrets costs one pass over its characters. A hostile text takes time in proportion to
 * its length. Pure functions: thread-safe.
 */
final class Secrets {
    /**
     * Groups of four characters in lower case. Every text with a secret contains one of them, so a
     * text without them has no secret.
     */
    private static final Signs SIGNS =
            new Signs(
                    "---b pass _pwd -pwd secr toke apik api_ api- s_ke s-ke sske e_ke e-ke teke cred"
                            + " auth bear akia asia agpa aida aroa abia acca ghp_ gho_ ghu_ ghs_"
                            + " ghr_ b_pa glpa gldt glrt glpt aiza npm_ hvs. xapp jft_",
                    // any letter or digit
                    "eyj xox");

    /**
     * Patterns for marked tokens. None of them can match a part of the text from two different
     * places.
     */
    private static final List<Pattern> TOKENS =
            List.of(
                    // AWS access key ids
                    Pattern.compile(
                            "(?<![A-Za-z0-9])A(?:KIA|SIA|GPA|IDA|ROA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
                    // JSON Web Tokens, RFC 7519
                    Pattern.compile("(?<![\\w-])eyJ[\\w-]{8,}+\\.[\\w-]{8,}+(?:\\.[\\w-]*+)?"),
                    Pattern.compile(
                            "(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}+|github_pat_\\w{20,}+)"),
                    Pattern.compile("(?<![\\w-])gl(?:pat|dt|rt|ptt)-[\\w-]{16,}+"),
                    Pattern.compile("(?<![\\w-])(?:xox[a-z]|xapp)-[\\w-]{10,}+"),
                    // the service's own (token.TokenText)
                    Pattern.compile("(?<![A-Za-z0-9])jft_[\\w-]{40,}+"),
                    Pattern.compile(
                            "(?<![\\w-])(?:AIza[\\w-]{35}|npm_[A-Za-z0-9]{36}|hvs\\.[\\w-]{24,}+)"),
                    Pattern.compile("(?i)(?<![a-z0-9])bearer\\s{1,8}([\\w.~+/=-]{8,}+)"));

    private Secrets() {}

    /** The text without secrets. */
    static String redacted(String text) {
        if (!SIGNS.standIn(text) && !UrlPasswords.mayStandIn(text)) {
            return text;
        }
        String safe = withoutKeys(text);
        safe = NamedSecrets.redacted(safe);
        safe = UrlPasswords.redacted(safe);
        for (Pattern token : TOKENS) {
            safe = without(token, safe);
        }
        return safe;
    }

    private static String without(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length());
        int from = 0;
        int group = matcher.groupCount();
        do {
            safe.append(text, from, matcher.start(group)).append(Redaction.MARK);
            from = matcher.end(group);
        } while (matcher.find());
        return safe.append(text, from, text.length()).toString();
    }

    /** Replaces whole private keys. A key without an end is replaced up to the end of the text. */
    private static String withoutKeys(String text) {
        int begin = text.indexOf(KeyBlock.BEGIN);
        if (begin < 0) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text.length());
        int from = 0;
        while (begin >= 0) {
            int label = begin + KeyBlock.BEGIN.length();
            int labelEnd = KeyBlock.endOfKeyLabel(text, label);
            if (labelEnd >= 0) {
                safe.append(text, from, begin).append(Redaction.MARK);
                int end = text.indexOf(KeyBlock.END, labelEnd);
                int last = end < 0 ? -1 : text.indexOf("-----", end + KeyBlock.END.length());
                from = last < 0 ? text.length() : last + 5;
            }
            begin = text.indexOf(KeyBlock.BEGIN, Math.max(from, label));
        }
        return safe.append(text, from, text.length()).toString();
    }
}
