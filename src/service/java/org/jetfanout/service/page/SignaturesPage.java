package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.service.views.SignaturesView;

/**
 * The model of what the agent signed. Its accessors are the names in {@code signatures.mustache}.
 */
record SignaturesPage(
        PageFrame frame,
        RunTop run,
        String none,
        String summary,
        List<Group> groups,
        List<Row> rows,
        String more) {
    /** So many requests are in a page. */
    static final int REQUESTS = 300;

    record Group(String name, String login, String key, String allowed, String refused) {}

    record Row(
            String time,
            String clock,
            String name,
            String login,
            String key,
            String hostKey,
            String kind,
            String words) {}

    static SignaturesPage of(PageFrame frame, RunTop run, SignaturesView view) {
        List<Group> groups = new ArrayList<>();
        for (SignaturesView.Group group : view.groups()) {
            groups.add(
                    new Group(
                            PageText.text(group.worker()),
                            PageText.text(group.login()),
                            PageText.text(group.fingerprint()),
                            PageText.number(group.allowed()),
                            group.refused() == 0 ? "" : PageText.number(group.refused())));
        }
        List<Row> rows = new ArrayList<>();
        for (SignaturesView.SignatureLine line : view.signatures()) {
            rows.add(
                    new Row(
                            line.time().toString(),
                            PageText.clock(line.time()),
                            PageText.text(line.worker()),
                            PageText.text(line.login()),
                            PageText.text(line.fingerprint()),
                            PageText.text(line.hostKey()),
                            line.allowed() ? "ok" : "failed",
                            line.allowed() ? "signed" : "refused"));
        }
        return new SignaturesPage(
                frame,
                run,
                view.total() == 0 ? "No worker has asked the agent to sign anything." : "",
                PageText.counted(view.total(), "request"),
                groups,
                rows,
                view.next().isEmpty() ? "" : "?" + new LinkQuery().with("after", view.next()));
    }
}
