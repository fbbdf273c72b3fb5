package org.jetfanout.doctor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The locale of jet-fanout, in which it reads names, and that of the user, which programs get that
 * it starts.
 *
 * @param encoding in which this Java reads names of files and arguments
 */
record LocaleExamination(LocalPrograms programs, String encoding) implements Examination {
    private static final String SUBJECT = "locale";
    private static final String UTF_8 = "UTF-8";
    private static final String ADVICE =
            "export LC_ALL=C.UTF-8, or another locale that locale -a lists.";

    @Override
    public List<Finding> findings() {
        if (!encoding.equalsIgnoreCase(UTF_8)) {
            return List.of(
                    Finding.missing(
                            SUBJECT,
                            "Java reads names as %s: names with other characters are refused"
                                    .formatted(encoding.isEmpty() ? "an unknown text" : encoding),
                            "Start jet-fanout by its launcher, and install a UTF-8 locale (Debian"
                                    + " has C.UTF-8 without any)."));
        }
        Map<String, String> environment = programs.environment();
        String said =
                Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                        .filter(name -> !environment.getOrDefault(name, "").isEmpty())
                        .map(name -> name + "=" + environment.get(name))
                        .collect(Collectors.joining(" "));
        String shown = said.isEmpty() ? "not set" : said;
        Optional<String> answer = programs.ask("locale", "charmap");
        if (answer.isEmpty()) {
            return List.of(Finding.ok(SUBJECT, shown));
        }
        String text = answer.orElseThrow();
        if (text.contains("Cannot set LC_")) {
            return List.of(
                    Finding.warning(
                            SUBJECT,
                            shown
                                    + ": this machine has no such locale, so programs that"
                                    + " jet-fanout starts complain or refuse to work"
                                    + " (ansible-playbook)",
                            ADVICE));
        }
        // where nothing is set, ansible-playbook takes UTF-8
        if (!text.endsWith(UTF_8) && !said.isEmpty()) {
            return List.of(
                    Finding.warning(
                            SUBJECT,
                            "%s is no UTF-8 locale (%s): ansible-playbook refuses it"
                                    .formatted(shown, text),
                            ADVICE));
        }
        return List.of(Finding.ok(SUBJECT, shown));
    }
}
