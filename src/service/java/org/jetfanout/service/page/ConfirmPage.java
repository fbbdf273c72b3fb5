package org.jetfanout.service.page;

import java.util.List;
import java.util.UUID;
import org.jetfanout.service.views.RunView;

/**
 * The model of the page that says what a button will do before it does it. Its accessors are the
 * names in {@code confirm.mustache}.
 */
record ConfirmPage(
        PageFrame frame,
        String guid,
        String name,
        String action,
        String changed,
        String instead,
        List<String> does,
        String ranges,
        boolean possible,
        String seen,
        String key,
        String button,
        String style) {
    /**
     * @param changed why it was not done when the button was pressed; empty where it was not
     * @param instead the address, behind the prefix, where the same can be done; empty for none
     * @param ranges the hosts that a new run takes; empty for none
     */
    static ConfirmPage of(
            PageFrame frame,
            RunView view,
            RunAction action,
            String changed,
            String instead,
            String ranges) {
        boolean possible = action.isPossible(view.can());
        return new ConfirmPage(
                frame,
                view.run().guid(),
                RunsPage.name(view.run()),
                action.word(),
                changed,
                instead,
                possible
                        ? action.does(view)
                        : List.of("There is nothing to do: this is not possible with the run now."),
                possible ? PageText.text(ranges) : "",
                possible,
                action.seen(view.can()),
                // pressed twice, a new run begins once
                action.outcomes().isEmpty() ? "" : UUID.randomUUID().toString(),
                possible ? action.button(view.can()) : "",
                action.style());
    }
}
